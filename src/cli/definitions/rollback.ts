import type { Command } from "../command.ts";

export const rollbackCommand: Command = {
  name: "rollback",
  arguments: "<pipeline | source> [target]",
  summary: "back to what was before the cutover",
  description:
    "Puts the application's files and the target schema back. The new tables are kept in the staging schema. Refused when they were written to since the switch, unless --discard-new-writes.",
  options: ["schema", "yes", "discard-new-writes", "env"],
  examples: ["rowhaul rollback pipelines/knowledge-base.yaml"],
  load: async () => (await import("../commands/rollback.ts")).rollbackCommand,
};
