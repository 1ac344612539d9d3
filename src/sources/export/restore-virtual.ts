/** Virtual tables in the snapshot of an export: made again from their SQL, or put back as they were stored. */

import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { quoteName } from "../../core/quote.ts";
import type { Catalog, VirtualTable } from "../../core/schema/catalog.ts";
import type { ExportedTable, ExportedVirtual, Manifest } from "../../exports/manifest.ts";
import { rowidName, type SnapshotWriter } from "../../snapshot/write/writer.ts";
import { indexTotals } from "./index-totals.ts";
import { type Load, loadTable } from "./load-table.ts";

type Loading = (entry: ExportedTable, rowid: string | null) => Load;

/** After the tables are filled. Returns the catalog's virtual tables, with the index's own totals where it is a new one. */
export async function restoreVirtual(
  writer: SnapshotWriter,
  manifest: Manifest,
  loading: Loading,
): Promise<Catalog["virtualTables"]> {
  const restored: VirtualTable[] = [];
  for (const virtual of manifest.catalog.virtualTables) {
    const exported = manifest.virtualTables.find(({ table }) => table === virtual.name);
    if (exported === undefined) continue;
    const entries = manifest.tables.filter(({ of }) => of === virtual.name);
    if (exported.how === "stored") {
      await restoreStored(writer, virtual, exported, entries, loading);
      restored.push(virtual);
    } else {
      await rebuild(writer, virtual, entries[0], loading);
      const totals = virtual.totals === undefined ? undefined : indexTotals(writer.db, virtual.name);
      restored.push(totals === undefined ? virtual : { ...virtual, totals });
    }
  }
  return restored;
}

async function rebuild(
  writer: SnapshotWriter,
  virtual: VirtualTable,
  content: ExportedTable | undefined,
  loading: Loading,
): Promise<void> {
  create(writer, virtual.name, virtual.sql, /^CREATE\s+VIRTUAL\s+TABLE\b/i);
  if (content !== undefined) await loadTable(writer, loading(content, "rowid"));
  const table = quoteName(virtual.name);
  try {
    if (content === undefined) writer.db.exec(`INSERT INTO ${table} (${table}) VALUES ('rebuild')`);
    const set = writer.db.prepare(`INSERT INTO ${table} (${table}, rank) VALUES (?, ?)`);
    for (const [key, value] of Object.entries(virtual.settings ?? {})) {
      // The format's own number; FTS5 writes it itself.
      if (key !== "version") set.run(key, /^-?\d{1,18}$/.test(value) ? BigInt(value) : value);
    }
  } catch (thrown) {
    throw refused(virtual.name, thrown);
  }
}

/** The entry in the schema is written by hand: the module would make an empty index, and may not even be here. */
async function restoreStored(
  writer: SnapshotWriter,
  virtual: VirtualTable,
  { shadows }: Extract<ExportedVirtual, { how: "stored" }>,
  entries: readonly ExportedTable[],
  loading: Loading,
): Promise<void> {
  for (const { table, sql } of shadows) create(writer, table, sql, /^CREATE\s+TABLE\b/i);
  for (const entry of entries)
    await loadTable(writer, loading(entry, rowidName(entry.columns.map(({ name }) => name))));
  const { db } = writer;
  // What is written into the schema is parsed whenever the file is opened: one statement of this kind, and nothing else.
  try {
    if (!/^CREATE\s+VIRTUAL\s+TABLE\b/i.test(virtual.sql)) throw new Error("its SQL is no CREATE VIRTUAL TABLE");
    db.prepare(virtual.sql);
  } catch (thrown) {
    throw refused(virtual.name, thrown);
  }
  db.unsafeMode(true);
  try {
    db.pragma("writable_schema = ON");
    db.prepare("INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES ('table', ?, ?, 0, ?)").run(
      virtual.name,
      virtual.name,
      virtual.sql,
    );
    db.pragma("writable_schema = RESET");
  } finally {
    db.unsafeMode(false);
  }
}

/** One statement (a prepared one is never two), of the kind that is expected, with the name that is expected. */
function create(writer: SnapshotWriter, name: string, sql: string, kind: RegExp): void {
  if (!kind.test(sql)) throw refused(name, new Error("its SQL is no CREATE TABLE"));
  try {
    writer.db.prepare(sql).run();
  } catch (thrown) {
    throw refused(name, thrown);
  }
  const made = writer.db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name);
  if (made === undefined) throw refused(name, new Error("its SQL makes a table of another name"));
}

function refused(name: string, thrown: unknown): RowhaulError {
  if (thrown instanceof RowhaulError) return thrown;
  return new RowhaulError("EXPORT_INVALID", `The virtual table ${name} cannot be made again: ${messageOf(thrown)}.`, {
    place: { table: name },
    cause: thrown,
  });
}
