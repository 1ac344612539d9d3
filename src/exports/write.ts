/**
 * Writes a snapshot as an export: one NDJSON a table and a manifest. Rows come in
 * key order and cells in one spelling, so the same data gives the same SHA-256.
 */

import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { cleanedUp } from "../core/messages/clean-up.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import type { Catalog } from "../core/schema/catalog.ts";
import { sameName } from "../core/schema/names.ts";
import { fileNames } from "./file-names.ts";
import { exportError, exportFolder } from "./folder.ts";
import {
  type ExportedTable,
  exportFormat,
  exportVersion,
  type Manifest,
  manifestName,
  manifestText,
} from "./manifest.ts";
import { type Reading, tableReading } from "./reading.ts";
import { openSnapshotFile } from "./sql.ts";
import { type Selected, virtualExports } from "./virtual-tables.ts";
import { type Written, writeTable } from "./write-table.ts";

export type ExportRequest = {
  /** The SQLite file; its catalog as `FrozenSource.catalog()` gives it. */
  readonly snapshot: string;
  readonly catalog: Catalog;
  /** `where`: SQL of SQLite. Full-text tables go with the texts they index; those that keep their own, when they are named or all tables are. */
  readonly tables: readonly Selected[];
  readonly folder: string;
  readonly gzip: boolean;
  /** The source, for people: no credentials. */
  readonly shown: string;
  /** The selection in words; null: everything. */
  readonly selection: string | null;
  /** Replaces an earlier export; never anything else. */
  readonly overwrite: boolean;
  progress(table: string, done: number, total: number): void;
  readonly signal: AbortSignal;
};

export type ExportSummary = {
  readonly folder: string;
  readonly rows: number;
  /** Of NDJSON, before compression. */
  readonly bytes: number;
  readonly tables: readonly ExportedTable[];
  readonly lost: Manifest["lost"];
};

/** Throws EXPORT_EXISTS, LOCAL_DISK, PLAN_INVALID for a table or selection that the snapshot does not have. */
export async function writeExport(request: ExportRequest): Promise<ExportSummary> {
  const folder = resolve(request.folder);
  const db = openSnapshotFile(request.snapshot);
  try {
    refuseUnknown(request);
    const virtual = virtualExports(db, request.catalog, request.tables);
    const readings = [...tableReadings(db, request), ...virtual.readings];
    const target = exportFolder(folder, request.overwrite);
    try {
      const tables = await writeTables(db, readings, request, target.path);
      const manifest: Manifest = {
        format: exportFormat,
        version: exportVersion,
        createdAt: new Date().toISOString(),
        source: request.shown,
        selection: request.selection,
        tables,
        virtualTables: virtual.virtualTables,
        lost: virtual.lost,
        catalog: exportedCatalog(request, virtual.virtualTables),
      };
      writeFileSync(join(target.path, manifestName), manifestText(manifest), { mode: 0o600, flush: true });
      target.finish();
      const sum = (of: "rows" | "bytes"): number => tables.reduce((total, table) => total + table[of], 0);
      return { folder, rows: sum("rows"), bytes: sum("bytes"), tables, lost: virtual.lost };
    } catch (thrown) {
      throw exportError(
        folder,
        cleanedUp(thrown, () => target.abandon()),
      );
    }
  } finally {
    db.close();
  }
}

function tableReadings(db: Parameters<typeof tableReading>[0], { catalog, tables }: ExportRequest): Reading[] {
  return catalog.tables.flatMap((table) => {
    const selected = tables.find((one) => sameName(one.table, table.name));
    return selected === undefined ? [] : [tableReading(db, table, selected.where)];
  });
}

async function writeTables(
  db: Parameters<typeof tableReading>[0],
  readings: readonly Reading[],
  { catalog, gzip, progress, signal }: ExportRequest,
  folder: string,
): Promise<ExportedTable[]> {
  const files = fileNames(
    readings.map(({ table }) => table),
    gzip,
  );
  const written: ExportedTable[] = [];
  for (const [i, reading] of readings.entries()) {
    signal.throwIfAborted();
    const file = files[i] ?? "";
    progress(reading.table, 0, reading.rows);
    const hooks = { progress: (done: number) => progress(reading.table, done, reading.rows), signal };
    const path = join(folder, file);
    written.push(entryOf(reading, file, await writeTable(db, reading, catalog.encoding, { path, gzip }, hooks)));
  }
  return written;
}

function entryOf(reading: Reading, file: string, written: Written): ExportedTable {
  return {
    table: reading.table,
    ...(reading.of === undefined ? {} : { of: reading.of }),
    file,
    ...written,
    rowid: reading.rowid?.member ?? null,
    columns: reading.columns.map(({ name, type }) => ({ name, type })),
  };
}

/** Of what the export holds. Foreign keys to tables left out stay, so that the plan of an import names them. */
function exportedCatalog({ catalog, tables }: ExportRequest, kept: Manifest["virtualTables"]): Catalog {
  const chosen = catalog.tables.filter(({ name }) => tables.some(({ table }) => sameName(table, name)));
  const virtualTables = catalog.virtualTables.filter(({ name }) => kept.some(({ table }) => table === name));
  const there = [...chosen, ...virtualTables, ...catalog.views].map(({ name }) => name);
  return {
    ...catalog,
    tables: chosen,
    virtualTables,
    triggers: catalog.triggers.filter(({ table }) => there.some((name) => sameName(name, table))),
  };
}

function refuseUnknown({ catalog, tables }: ExportRequest): void {
  const known = [...catalog.tables, ...catalog.virtualTables].map(({ name }) => name);
  const unknown = tables.filter(({ table }) => !known.some((name) => sameName(name, table)));
  if (unknown.length === 0) return;
  const names = unknown.map(({ table }) => `"${table}"`).join(", ");
  throw new RowhaulError("PLAN_INVALID", `The source has no table ${names}.`, {
    details: [`It has: ${known.join(", ")}`],
  });
}
