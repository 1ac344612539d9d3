import type { Command } from "../command.ts";
import { existingFlags } from "./existing-flags.ts";
import { runFlags } from "./run-flags.ts";

export const importCommand: Command = {
  name: "import",
  arguments: "<export | json-file> <postgres-url | embedded | file.db>",
  summary: "put an export, or a JSON file, into PostgreSQL or SQLite",
  description:
    "Checks the manifest and every file's checksum, loads into staging, proves every cell, and only then makes the tables visible. Tables that are there already are refused, unless one of --append, --merge, --skip, --replace (also called --clear) or --keep-aside says what should become of them; what --replace and --merge replace is kept until `rowhaul clean`.",
  options: [...runFlags, "schema", "missing", ...existingFlags, "clear"],
  examples: [
    "rowhaul import backup-2026-11-21 postgres://me@localhost/staging",
    "rowhaul import backup-2026-11-21 staging.db --replace",
    "rowhaul import users.ndjson.gz embedded",
    "rowhaul import users.json users.db --missing null",
  ],
  load: async () => (await import("../commands/import.ts")).importCommand,
};
