import type { Command } from "../command.ts";

export const compareCommand: Command = {
  name: "compare",
  arguments: "<a> <b>",
  summary: "name every row and cell in which two stores differ",
  description:
    "Compares any two of: a SQLite file, a PostgreSQL URL, an export, a JSON file. Two of a kind are compared byte by byte; otherwise by meaning: 1 is true, a numeric is its value, a timestamp its instant. Exit status 0 when nothing differs, 4 when something does. Neither side is changed.",
  options: ["tables", "schema", "other-schema", "missing", "by-meaning", "redact", "full"],
  examples: [
    "rowhaul compare app.db postgres://me@localhost/app",
    "rowhaul compare backup-2026-11-20 backup-2026-11-21",
  ],
  load: async () => (await import("../commands/compare.ts")).compareCommand,
};
