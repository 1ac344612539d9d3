/** Stores to compare: SQLite files made by SQL, and snapshots as a PostgreSQL source would write them. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { compareStores } from "../../src/compare/compare.ts";
import type { CompareOptions, Comparison, Opened, TableComparison } from "../../src/compare/comparison.ts";
import type { Catalog, Column, Table } from "../../src/core/schema/catalog.ts";
import { snapshotCatalog } from "../../src/snapshot/catalog/kept-catalog.ts";
import { rowidName, type SnapshotCell, writeSnapshot } from "../../src/snapshot/write/writer.ts";
import { openSqlite } from "../../src/sqlite/open.ts";
import { scratchFolder } from "../support/scratch-folder.ts";

const folder = scratchFolder("compare-test-");
let files = 0;

export function freshPath(): string {
  files += 1;
  return join(folder(), `${files}.db`);
}

/** A SQLite file; `sql` is run as one script. */
export function sqlite(sql: string, work: (db: Database.Database) => void = () => {}): Opened {
  const path = freshPath();
  const db = new Database(path);
  db.pragma("synchronous = OFF");
  db.exec(sql);
  db.transaction(work)(db);
  db.close();
  return openedSqlite(path, "sqlite");
}

export function openedSqlite(path: string, kind: Opened["kind"]): Opened {
  const db = openSqlite(path);
  const catalog = snapshotCatalog(db, path);
  db.close();
  return { shown: path, path, catalog, kind };
}

export type PgTable = {
  readonly name: string;
  /** PostgreSQL's type by column; `id!` declares an INTEGER PRIMARY KEY of the snapshot. */
  readonly columns: Readonly<Record<string, string>>;
  readonly key?: readonly string[];
  readonly rows: readonly (readonly SnapshotCell[])[];
  readonly more?: Partial<Table>;
};

/** Cells as a snapshot of PostgreSQL holds them: integers, 0 and 1, bytes, and every other type as its text. */
export async function postgres(tables: readonly PgTable[], kind: Opened["kind"] = "postgres"): Promise<Opened> {
  const path = freshPath();
  const writer = writeSnapshot(path);
  for (const table of tables) {
    const names = Object.keys(table.columns);
    writer.createTable(table.name, names, rowid(table));
    const insert = writer.inserter(table.name, names);
    for (const row of table.rows) insert(row);
  }
  const catalog: Catalog = {
    dialect: "postgres",
    encoding: "UTF-8",
    userVersion: 0,
    applicationId: 0,
    tables: tables.map(catalogTableOf),
    views: [],
    triggers: [],
    virtualTables: [],
    internal: [],
  };
  await writer.finish(catalog);
  return openedSqlite(path, kind);
}

function rowid(table: PgTable): string | null {
  const [only] = table.key ?? [];
  return table.key?.length === 1 && only !== undefined && /int/.test(table.columns[only] ?? "") ? only : null;
}

function catalogTableOf(table: PgTable): Table {
  return {
    name: table.name,
    sql: "",
    columns: Object.entries(table.columns).map(
      ([name, type]): Column => ({
        name,
        declaredType: type,
        affinity: "BLOB",
        ...(type === "" ? {} : { pgType: type }),
        notNull: table.key?.includes(name) === true,
        default: null,
        collation: "BINARY",
        isRowid: rowid(table) === name,
        generated: null,
      }),
    ),
    primaryKey: table.key ?? null,
    primaryKeyCollations: table.key?.map(() => "BINARY") ?? null,
    withoutRowid: false,
    strict: false,
    autoincrement: false,
    sequence: null,
    rowidName: rowidName(Object.keys(table.columns)),
    uniques: [],
    conflictClauses: [],
    indexes: [],
    foreignKeys: [],
    checks: [],
    ...table.more,
  };
}

export async function table(a: Opened, b: Opened, options: CompareOptions = {}): Promise<TableComparison> {
  const { tables } = await compareStores(a, b, options);
  const [only] = tables;
  if (only === undefined || tables.length > 1) throw new Error(`${tables.length} tables`);
  return only;
}

/** Everything that differs, in short. */
export function summary(comparison: Comparison): Record<string, unknown> {
  return Object.fromEntries(
    comparison.tables
      .filter((one) => one.differences > 0)
      .map((one) => [
        one.table,
        {
          missing: one.missingRows.samples,
          extra: one.extraRows.samples,
          cells: one.cells.samples.map(({ key, column, a, b }) => `${key} ${column}: ${a} | ${b}`),
        },
      ]),
  );
}
