/**
 * The proof that a snapshot holds what the export was written from: the snapshot
 * is written out again, and each table must have the SHA-256 that the manifest
 * gave it when the source was read. The reading of the export has no part in it.
 */
import { createHash } from "node:crypto";
import type Database from "better-sqlite3";
import type { Finding, ValidatorResult } from "../../core/finding.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import type { ExportedTable, Manifest } from "../../exports/manifest.ts";
import { contentReading, type Reading, shadowReading, tableReading } from "../../exports/reading.ts";
import { openSnapshotFile } from "../../exports/sql.ts";
import { tableBlocks } from "../../exports/write-table.ts";

export async function proveImport(snapshot: string, manifest: Manifest, signal: AbortSignal): Promise<ValidatorResult> {
  const started = performance.now();
  const db = openSnapshotFile(snapshot);
  const findings: Finding[] = [];
  let rows = 0;
  let cells = 0;
  try {
    for (const entry of manifest.tables) {
      const again = await rewritten(db, readingOf(db, manifest, entry), manifest.catalog.encoding, signal);
      rows += again.rows;
      cells += again.rows * entry.columns.length;
      if (again.sha256 !== entry.sha256 || again.rows !== entry.rows) findings.push(difference(entry, again));
    }
  } finally {
    db.close();
  }
  const passed = findings.length === 0;
  return {
    validator: "snapshot",
    passed,
    checked: { rows, cells },
    findings,
    differences: findings.length,
    summary: passed
      ? `the snapshot, written out again, has the SHA-256 of the export for every table (${manifest.tables.length})`
      : `${findings.length} of ${manifest.tables.length} tables of the snapshot differ from the export`,
    seconds: (performance.now() - started) / 1000,
  };
}

type Rewritten = { readonly rows: number; readonly sha256: string };

async function rewritten(
  db: Database.Database,
  reading: Reading,
  encoding: Catalog["encoding"],
  signal: AbortSignal,
): Promise<Rewritten> {
  const hash = createHash("sha256");
  let rows = 0;
  for (const block of tableBlocks(db, reading, encoding)) {
    hash.update(block.block);
    rows += block.rows;
    // Reading SQLite blocks; others want their turn, and Ctrl-C its.
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  }
  return { rows, sha256: hash.digest("hex") };
}

/** The manifest decides whether rowids are written: where it has none, a wrong one must not hide behind a new member. */
function readingOf(db: Database.Database, { catalog, virtualTables }: Manifest, entry: ExportedTable): Reading {
  const names = entry.columns.map(({ name }) => name);
  if (entry.of === undefined) {
    const table = catalog.tables.find(({ name }) => name === entry.table);
    if (table === undefined) throw new Error(`No table ${entry.table} in the catalog`);
    return tableReading(db, table, null);
  }
  const stored = virtualTables.some(({ table, how }) => table === entry.of && how === "stored");
  return stored ? shadowReading(db, entry.table, entry.of) : contentReading(db, entry.table, names, null);
}

function difference(entry: ExportedTable, again: Rewritten): Finding {
  return {
    validator: "snapshot",
    level: "difference",
    table: entry.of ?? entry.table,
    key: null,
    column: null,
    source: `${entry.rows} rows, SHA-256 ${entry.sha256}`,
    target: `${again.rows} rows, SHA-256 ${again.sha256}`,
    message: `${entry.table} in the snapshot is not what ${entry.file} was written from`,
  };
}
