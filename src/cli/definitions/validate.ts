import type { Command } from "../command.ts";

export const validateCommand: Command = {
  name: "validate",
  arguments: "<pipeline | source> [target]",
  summary: "prove the newest run again, in staging or live",
  description:
    "Compares snapshot and target by the validators' own readers: counts, schema, every cell. May be run at any time; after the application has written to the new tables, it shows what was changed.",
  options: ["schema", "env"],
  examples: ["rowhaul validate pipelines/knowledge-base.yaml", "rowhaul validate app.db postgres://me@localhost/app"],
  load: async () => (await import("../commands/validate.ts")).validateCommand,
};
