import type { Command } from "../command.ts";
import { runFlags } from "./run-flags.ts";

export const cutoverCommand: Command = {
  name: "cutover",
  arguments: "<pipeline>",
  summary: "switch the application to the validated run",
  description:
    "Under a write lock on the source: checks that nothing was committed since the snapshot, switches the schema, rewrites the application's files and runs the health checks. Whatever fails is undone.",
  options: [...runFlags, "forward"],
  examples: ["rowhaul cutover pipelines/knowledge-base.yaml"],
  load: async () => (await import("../commands/cutover.ts")).cutoverCommand,
};
