/** Export and import of a database, and what both sides hold, cell by cell. */
import Database from "better-sqlite3";
import type { SnapshotInfo } from "../../src/core/ports.ts";
import type { Catalog, Table } from "../../src/core/schema/catalog.ts";
import { type ExportRequest, type ExportSummary, writeExport } from "../../src/exports/write.ts";
import { snapshotCatalog } from "../../src/snapshot/catalog/kept-catalog.ts";
import { exportSource } from "../../src/sources/export/source.ts";
import { freshPath } from "../support/scratch-database.ts";

export const signal = new AbortController().signal;

export function catalogOf(path: string): Catalog {
  const db = open(path);
  try {
    return snapshotCatalog(db, path);
  } finally {
    db.close();
  }
}

/** Everything, unless said otherwise. */
export function exportAll(snapshot: string, more: Partial<ExportRequest> = {}): Promise<ExportSummary> {
  const catalog = more.catalog ?? catalogOf(snapshot);
  return writeExport({
    snapshot,
    catalog,
    tables: catalog.tables.map(({ name }) => ({ table: name, where: null })),
    folder: freshPath("export"),
    gzip: false,
    shown: "test.db",
    selection: null,
    overwrite: false,
    progress: () => {},
    signal,
    ...more,
  });
}

export function importFrom(folder: string): Promise<SnapshotInfo> {
  return exportSource(folder).snapshot(freshPath("imported.db"), () => {}, signal);
}

export type Sides = { readonly snapshot: string; readonly imported: string; readonly info: SnapshotInfo };

export async function roundTrip(snapshot: string, more: Partial<ExportRequest> = {}): Promise<Sides> {
  const { folder } = await exportAll(snapshot, more);
  const info = await importFrom(folder);
  return { snapshot, imported: info.path, info };
}

/** Class and bytes of every cell with the hidden rowid, a row a text, in the order of rowids or keys. */
export function cellsOf(path: string, table: Table): string[] {
  const db = open(path);
  try {
    const cells = table.columns.map(({ name }) => {
      const column = `"${name.replaceAll('"', '""')}"`;
      return `typeof(${column}) || CASE typeof(${column}) WHEN 'real' THEN printf(' %!.17g', ${column}) WHEN 'integer' THEN ' ' || ${column} ELSE coalesce(' ' || hex(CAST(${column} AS BLOB)), '') END`;
    });
    const key = (table.primaryKey ?? []).map((name) => `"${name.replaceAll('"', '""')}" COLLATE BINARY`);
    const rowid = table.rowidName ?? "NULL";
    const order = table.rowidName ?? (key.length > 0 ? key.join(", ") : "1");
    const from = `"${table.name.replaceAll('"', '""')}"`;
    const sql = `SELECT coalesce(${rowid}, '') || ' | ' || ${cells.join(" || ' | ' || ")} FROM ${from} ORDER BY ${order}`;
    return db.prepare(sql).pluck().all() as string[];
  } finally {
    db.close();
  }
}

export function query(path: string, sql: string, ...values: unknown[]): unknown[] {
  const db = open(path);
  try {
    return db
      .prepare(sql)
      .raw(true)
      .all(...values);
  } finally {
    db.close();
  }
}

function open(path: string): Database.Database {
  const db = new Database(path, { readonly: true });
  db.defaultSafeIntegers(true);
  return db;
}
