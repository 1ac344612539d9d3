/** What the checks and the verification of backups want to know of a SQLite file. */
import { messageOf } from "../core/messages/errors.ts";
import type { StaleIndex } from "../core/ports.ts";
import { quoteName } from "../core/quote.ts";
import { foldName } from "../core/schema/names.ts";
import { askFile } from "./ask-file.ts";
import { integrityOf } from "./integrity.ts";
import type { Question, Reply } from "./question.ts";

export type SqliteFacts = {
  /** Lines of integrity_check that mean damage; empty when the file is whole. */
  readonly damage: readonly string[];
  /** Indexes that do not agree with their tables, whose rows are whole. */
  readonly stale: readonly StaleIndex[];
  /** Rows without their parent, by table; null when SQLite could not tell. */
  readonly orphans: ReadonlyMap<string, number> | null;
  readonly journalMode: string;
  readonly userVersion: number;
  /** Rows by table; virtual tables and those that belong to the store are left out. */
  readonly rows: ReadonlyMap<string, number>;
  /** Of `sqlite_schema`, by type. */
  readonly objects: ReadonlyMap<string, number>;
  /** The newest entry of a table `schema_version` with a column `version`. */
  readonly schemaVersion: string | null;
};

/** Reads the whole file. Throws when it is no SQLite database. */
export async function sqliteFacts(path: string, signal?: AbortSignal): Promise<SqliteFacts> {
  const first = await askFile(path, Object.values(general).map(values), signal);
  const [tables, orphans, journal, version, objects, newest] = first;
  const names = rowsOf(tables).map(([name]) => String(name));
  const [counts, { damage, stale }] = await Promise.all([
    askFile(path, names.map(countOf), signal),
    integrityOf(path, signal).catch((thrown: unknown) => ({ damage: [messageOf(thrown)], stale: [] })),
  ]);
  signal?.throwIfAborted();
  return {
    damage,
    stale,
    orphans: orphans === undefined || "error" in orphans ? null : mapOf(rowsOf(orphans)),
    journalMode: String(rowsOf(journal)[0]?.[0] ?? "unknown"),
    userVersion: Number(rowsOf(version)[0]?.[0] ?? 0),
    rows: new Map(names.map((name, i) => [name, Number(rowsOf(counts[i])[0]?.[0] ?? 0)])),
    objects: mapOf(rowsOf(objects)),
    schemaVersion: names.some((name) => foldName(name) === "schema_version") ? versionOf(newest) : null,
  };
}

const general = {
  tables:
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
  orphans: 'SELECT "table", count(*) FROM pragma_foreign_key_check GROUP BY 1',
  journal: "PRAGMA journal_mode",
  version: "PRAGMA user_version",
  objects: "SELECT type, count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' GROUP BY type",
  newest: "SELECT version FROM schema_version ORDER BY rowid DESC LIMIT 1",
};

function values(sql: string): Question {
  return { sql, as: "values" };
}

function countOf(table: string): Question {
  return values(`SELECT count(*) FROM ${quoteName(table)}`);
}

function rowsOf(reply: Reply | undefined): readonly (readonly unknown[])[] {
  return reply === undefined || "error" in reply ? [] : reply.rows;
}

function mapOf(rows: readonly (readonly unknown[])[]): Map<string, number> {
  return new Map(rows.map(([name, n]) => [String(name), Number(n)]));
}

function versionOf(reply: Reply | undefined): string | null {
  const value = rowsOf(reply)[0]?.[0];
  return value === undefined || value === null ? null : String(value);
}
