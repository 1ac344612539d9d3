import type { Command } from "../command.ts";
import { runFlags } from "./run-flags.ts";

export const checkCommand: Command = {
  name: "check",
  arguments: "<pipeline>",
  summary: "preflight only: is everything there, reachable and whole?",
  description:
    "Looks at source, target, what stands in it, rights, versions, encoding and disk, and says go or no-go. Changes nothing. What becomes of the values, only `plan` says.",
  options: [...runFlags],
  examples: ["rowhaul check pipelines/knowledge-base.yaml"],
  load: async () => (await import("../commands/check.ts")).checkCommand,
};
