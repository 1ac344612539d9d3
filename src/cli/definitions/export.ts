import type { Command } from "../command.ts";

export const exportCommand: Command = {
  name: "export",
  arguments: "<source | pipeline> <folder>",
  summary: "write a database, or a part of it, as JSON files",
  description:
    "One NDJSON file a table, with a manifest of types, counts and checksums, so that `rowhaul import` and `rowhaul compare` can take each value for exactly what it was. The source is a SQLite or JSON file, a PostgreSQL URL, or a pipeline file, whose selection and transforms then apply. --root writes one row with all that hangs from it over foreign keys.",
  options: ["tables", "where", "root", "no-parents", "gzip", "overwrite", "schema", "missing", "accept-all", "env"],
  examples: [
    "rowhaul export app.db backup-2026-11-21 --gzip",
    "rowhaul export postgres://me@db.example/app courses --tables 'courses,lessons'",
    "rowhaul export app.db user-42 --root 'users: id = 42'",
    "rowhaul export pipelines/legacy-knowledge-base.yaml reshaped",
  ],
  load: async () => (await import("../commands/export.ts")).exportCommand,
};
