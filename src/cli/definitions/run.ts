import type { Command } from "../command.ts";
import { runFlags } from "./run-flags.ts";

export const runCommand: Command = {
  name: "run",
  arguments: "<pipeline>",
  summary: "the whole job: preflight to cutover; run again to resume",
  description:
    "Runs every phase in order. A run that was stopped, by Ctrl-C, a crash or a lost connection, goes on where it stopped, on the snapshot it took. A finished run whose source has not changed says so and does nothing.",
  options: [...runFlags, "forward"],
  examples: [
    "rowhaul run pipelines/knowledge-base.yaml",
    "rowhaul run app.yaml --dry-run",
    "rowhaul run app.yaml --fresh --yes",
  ],
  load: async () => (await import("../commands/run.ts")).runCommand,
};
