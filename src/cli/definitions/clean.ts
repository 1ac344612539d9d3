import type { Command } from "../command.ts";

export const cleanCommand: Command = {
  name: "clean",
  arguments: "<pipeline | source> [target]",
  summary: "remove every trace of the pipeline's runs from target and disk",
  description:
    "Removes staging and set-aside schemas, rowhaul's state, snapshots and reports. The tables that the application uses stay. After it there is no rollback. Damaged files of a run do not keep it from going, unless its switch, or the way back, may be half done. Asks first; without a terminal it needs --yes.",
  options: ["schema", "yes", "env"],
  examples: ["rowhaul clean pipelines/knowledge-base.yaml", "rowhaul clean pipelines/knowledge-base.yaml --yes"],
  load: async () => (await import("../commands/clean.ts")).cleanCommand,
};
