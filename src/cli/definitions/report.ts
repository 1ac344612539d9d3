import type { Command } from "../command.ts";

export const reportCommand: Command = {
  name: "report",
  arguments: "<pipeline | source> [target]",
  summary: "what the newest run did, changed and proved",
  description:
    "Prints the saved report: proof, ledger, quarantine, accepted hazards, what was left out, and what the application's code must know.",
  options: ["schema", "full", "redact", "env"],
  examples: [
    "rowhaul report pipelines/knowledge-base.yaml --full",
    "rowhaul report pipelines/knowledge-base.yaml --json",
  ],
  load: async () => (await import("../commands/report.ts")).reportCommand,
};
