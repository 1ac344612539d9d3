import type { Command } from "../command.ts";

export const initCommand: Command = {
  name: "init",
  arguments: "<source> [postgres-url]",
  summary: "profile a database and write its pipeline file",
  description:
    "Looks at every value and writes a pipeline file that spells out what would become of each table and column, and which hazards you would have to accept. With a target, the tables that your application's migrations have made there decide: the file says how rows go into each, by what it holds, and asks about every value that has no place in it. The URL's password does not come into the file. Never overwrites a file.",
  options: ["output", "schema", "missing"],
  examples: [
    "rowhaul init app.db",
    "rowhaul init app.db -o pipelines/app.yaml",
    "rowhaul init app.db postgres://me@localhost/app",
  ],
  load: async () => (await import("../commands/init.ts")).initCommand,
};
