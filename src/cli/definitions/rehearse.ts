import type { Command } from "../command.ts";

export const rehearseCommand: Command = {
  name: "rehearse",
  arguments: "<pipeline>",
  summary: "the whole job against a throw-away PostgreSQL",
  description:
    "Runs every phase against an embedded PostgreSQL that exists only for the rehearsal. The application's files and its target are not touched.",
  options: ["accept-all", "tables", "env"],
  examples: ["rowhaul rehearse pipelines/knowledge-base.yaml"],
  load: async () => (await import("../commands/rehearse.ts")).rehearseCommand,
};
