/**
 * The catalog of a SQLite database. PRAGMAs say what SQLite made of the schema;
 * what they leave out (CHECKs, generated expressions, deferrability) is read from
 * the CREATE statements.
 */

import { quoteLiteral, quoteName } from "../../core/quote.ts";
import { affinityOf } from "../../core/schema/affinity.ts";
import type { Catalog, Column, Table, VirtualTable } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import { type CreateTableFacts, parseCreateTable } from "../../sql/parse/parse-create-table.ts";
import type { Sqlite } from "../../sqlite/open.ts";

import { readForeignKeys } from "./foreign-keys.ts";
import { readIndexes, readKeyCollations, readUniques } from "./indexes.ts";

export function readCatalog(db: Sqlite): Catalog {
  const master = schemaRows(db);
  const list = db
    .prepare("SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main'")
    .all() as ListRow[];
  const kinds = new Map(list.map((row) => [row.name, row]));
  const tables = master.filter((row) => row.type === "table");
  const internal = tables.filter((row) => isInternal(row.name)).map((row) => row.name);
  const virtual = tables.filter((row) => kinds.get(row.name)?.type === "virtual");
  const shadows = tables.filter((row) => kinds.get(row.name)?.type === "shadow").map((row) => row.name);
  const plain = tables.filter((row) => kinds.get(row.name)?.type === "table" && !isInternal(row.name));
  const sequences = readSequences(db, master);
  return {
    encoding: db.pragma("encoding", { simple: true }) as Catalog["encoding"],
    userVersion: Number(db.pragma("user_version", { simple: true })),
    applicationId: Number(db.pragma("application_id", { simple: true })),
    tables: plain.map((row) => readTable(db, row, kinds.get(row.name), sequences.get(row.name) ?? null)),
    views: master.filter((row) => row.type === "view").map(({ name, sql }) => ({ name, sql })),
    triggers: master
      .filter((row) => row.type === "trigger")
      .map(({ name, tbl_name, sql }) => ({ name, table: tbl_name, sql })),
    virtualTables: virtual.map((row) => readVirtual(db, row, shadows)),
    internal,
  };
}

type SchemaRow = { readonly type: string; readonly name: string; readonly tbl_name: string; readonly sql: string };
type ListRow = { readonly name: string; readonly type: string; readonly wr: bigint; readonly strict: bigint };
type ColumnRow = {
  readonly name: string;
  readonly type: string;
  readonly notnull: bigint;
  readonly dflt_value: string | null;
  readonly pk: bigint;
  readonly hidden: bigint;
};

function schemaRows(db: Sqlite): SchemaRow[] {
  return db
    .prepare("SELECT type, name, tbl_name, coalesce(sql, '') AS sql FROM sqlite_schema ORDER BY rowid")
    .all() as SchemaRow[];
}

/** Bookkeeping of SQLite itself and Litestream's two tables; ORMs' version tables are the application's and travel. */
function isInternal(name: string): boolean {
  return /^(sqlite_.*|_litestream_(seq|lock))$/is.test(name);
}

function readSequences(db: Sqlite, master: readonly SchemaRow[]): Map<string, string> {
  if (!master.some((row) => row.name === "sqlite_sequence")) return new Map();
  const rows = db.prepare("SELECT name, CAST(CAST(seq AS INTEGER) AS TEXT) AS seq FROM sqlite_sequence").all() as {
    name: string;
    seq: string;
  }[];
  return new Map(rows.map((row) => [row.name, row.seq]));
}

function readTable(db: Sqlite, row: SchemaRow, listed: ListRow | undefined, sequence: string | null): Table {
  const facts = parseCreateTable(row.sql);
  const strict = listed?.strict === 1n;
  const withoutRowid = listed?.wr === 1n;
  const columnRows = db.prepare(`SELECT * FROM pragma_table_xinfo(${quoteLiteral(row.name)})`).all() as ColumnRow[];
  const primaryKey = columnRows.filter((column) => column.pk > 0n).sort((a, b) => Number(a.pk - b.pk));
  // Only the exact word INTEGER makes a column the rowid, and not in a WITHOUT ROWID table.
  const [only] = primaryKey;
  const alias =
    primaryKey.length === 1 && only?.type.toUpperCase() === "INTEGER" && !withoutRowid && !descendingKey(db, row.name)
      ? only.name
      : null;
  const names = new Set(columnRows.map((column) => foldName(column.name)));
  return {
    name: row.name,
    sql: row.sql,
    columns: columnRows.map((column) => readColumn(column, facts, strict, alias)),
    primaryKey: primaryKey.length === 0 ? null : primaryKey.map((column) => column.name),
    primaryKeyCollations:
      primaryKey.length === 0 ? null : (readKeyCollations(db, row.name) ?? primaryKey.map(() => "BINARY")),
    withoutRowid,
    strict,
    autoincrement: facts.autoincrement,
    sequence,
    rowidName: withoutRowid ? null : ((["rowid", "_rowid_", "oid"] as const).find((name) => !names.has(name)) ?? null),
    uniques: readUniques(db, row.name, facts),
    conflictClauses: facts.conflicts.map(({ constraint, clause }) => `${constraint} ON CONFLICT ${clause}`),
    indexes: readIndexes(db, row.name),
    foreignKeys: readForeignKeys(db, row.name, facts),
    checks: [...facts.columns.flatMap((column) => column.checks), ...facts.checks],
  };
}

/** `INTEGER PRIMARY KEY DESC` in a column definition does not make a rowid alias; SQLite then keeps an index for it. */
function descendingKey(db: Sqlite, table: string): boolean {
  return db.prepare(`SELECT 1 FROM pragma_index_list(${quoteLiteral(table)}) WHERE origin = 'pk'`).get() !== undefined;
}

function readColumn(row: ColumnRow, facts: CreateTableFacts, strict: boolean, alias: string | null): Column {
  const written = facts.columns.find((column) => sameName(column.name, row.name));
  // table_xinfo's "hidden": 2 is a VIRTUAL, 3 a STORED generated column; the type then loses its last words.
  const generated =
    row.hidden === 2n || row.hidden === 3n
      ? {
          kind: row.hidden === 2n ? ("virtual" as const) : ("stored" as const),
          expression: written?.generated?.expression ?? "",
        }
      : null;
  const declaredType = row.type.replace(/\s*generated always\s*$/i, "");
  return {
    name: row.name,
    declaredType,
    affinity: affinityOf(declaredType, strict),
    notNull: row.notnull === 1n,
    default: generated === null ? row.dflt_value : null,
    collation: written?.collation?.toUpperCase() ?? "BINARY",
    isRowid: row.name === alias,
    generated,
  };
}

function readVirtual(db: Sqlite, row: SchemaRow, shadows: readonly string[]): VirtualTable {
  const module = /\bUSING\s+["'`[]?([A-Za-z0-9_]+)/i.exec(row.sql)?.[1]?.toLowerCase() ?? "unknown";
  const shadowTables = shadows.filter((name) => name.startsWith(`${row.name}_`));
  const config = shadowTables.find((name) => module === "fts5" && name === `${row.name}_config`);
  return {
    name: row.name,
    module,
    sql: row.sql,
    shadowTables,
    ...(config === undefined ? {} : { settings: readConfig(db, config) }),
    ...(config === undefined ? {} : readTotals(db, `${row.name}_data`)),
  };
}

function readConfig(db: Sqlite, table: string): Record<string, string> {
  const rows = db.prepare(`SELECT CAST(k AS TEXT) AS k, CAST(v AS TEXT) AS v FROM ${quoteName(table)}`).all();
  return Object.fromEntries((rows as { k: string; v: string }[]).map(({ k, v }) => [k, v]));
}

/** FTS5's record of averages: rows, then the tokens of each column, as SQLite's varints. */
function readTotals(db: Sqlite, table: string): Pick<VirtualTable, "totals"> {
  const block = db
    .prepare(`SELECT block FROM ${quoteName(table)} WHERE id = 1`)
    .pluck()
    .get();
  if (!Buffer.isBuffer(block) || block.length === 0) return {};
  const [rows = 0n, ...tokens] = varints(block);
  return { totals: { rows: String(rows), tokens: String(tokens.reduce((sum, n) => sum + n, 0n)) } };
}

/** Seven bits a byte, the highest first; the ninth byte, if it comes to that, has eight (https://sqlite.org/fileformat2.html, "varint"). */
function varints(bytes: Buffer): bigint[] {
  const found: bigint[] = [];
  let value = 0n;
  let length = 0;
  for (const byte of bytes) {
    length += 1;
    value = length === 9 ? (value << 8n) | BigInt(byte) : (value << 7n) | BigInt(byte & 0x7f);
    if (byte >= 0x80 && length < 9) continue;
    found.push(value);
    value = 0n;
    length = 0;
  }
  return found;
}
