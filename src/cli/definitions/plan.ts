import type { Command } from "../command.ts";

export const planCommand: Command = {
  name: "plan",
  arguments: "<pipeline>",
  summary: "every decision with its reason; changes nothing",
  description:
    "Takes a snapshot, profiles every value and prints what would become of every column, constraint, index and view. Exits 2 while some hazard is not accepted, and prints the lines that accept it.",
  options: ["accept-all", "tables", "fresh", "env"],
  examples: ["rowhaul plan pipelines/knowledge-base.yaml"],
  load: async () => (await import("../commands/plan.ts")).planCommand,
};
