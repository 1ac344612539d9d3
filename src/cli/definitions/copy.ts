import type { Command } from "../command.ts";
import { existingFlags } from "./existing-flags.ts";
import { runFlags } from "./run-flags.ts";

export const copyCommand: Command = {
  name: "copy",
  arguments: "<source> <postgres-url | embedded | file.db>",
  summary: "move one database, without a pipeline file",
  description:
    "The whole job for one source (a SQLite or JSON file, an export, a PostgreSQL URL), with the defaults of a pipeline file. Tables that are there already are refused, unless one of --append, --merge, --skip, --replace or --keep-aside says what should become of them; the first four put the rows into tables that your application's migrations have made. Give the URL without a password and set PGPASSWORD to keep it out of the process list.",
  options: [...runFlags, "schema", "source-schema", "missing", ...existingFlags],
  examples: [
    "rowhaul copy app.db postgres://me@localhost/app",
    "rowhaul copy app.db postgres://me@localhost/app --append",
    "rowhaul copy app.db embedded --accept-all",
    "rowhaul copy app.db postgres://me@db.example/app --tables 'users,orders*'",
  ],
  load: async () => (await import("../commands/copy.ts")).copyCommand,
};
