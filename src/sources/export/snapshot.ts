/** An export into a snapshot file: its tables without types, its virtual tables, and the manifest's catalog. */
import { cleaningUp } from "../../core/messages/clean-up.ts";
import { quoteName } from "../../core/quote.ts";
import type { Catalog, Table } from "../../core/schema/catalog.ts";
import { styleOf } from "../../exports/cell.ts";
import type { ExportedTable, Manifest } from "../../exports/manifest.ts";
import { catalogColumns } from "../../exports/read-manifest.ts";
import { type SnapshotWriter, writeSnapshot } from "../../snapshot/write/writer.ts";
import { type Load, loadTable } from "./load-table.ts";
import { restoreVirtual } from "./restore-virtual.ts";

export type ImportHooks = { progress(done: number, total: number): void; readonly signal: AbortSignal };

/** Throws EXPORT_INVALID, SOURCE_TRUNCATED, LOCAL_DISK; leaves nothing behind then. */
export async function importExport(
  folder: string,
  manifest: Manifest,
  destination: string,
  hooks: ImportHooks,
): Promise<{ readonly path: string; readonly sha256: string; readonly bytes: number }> {
  const { catalog } = manifest;
  const loading = loads(folder, manifest, hooks);
  const writer = writeSnapshot(destination);
  return cleaningUp(async () => {
    useEncoding(writer, catalog.encoding);
    for (const table of catalog.tables) {
      createTable(writer, table);
      const entry = manifest.tables.find((one) => one.of === undefined && one.table === table.name);
      if (entry !== undefined) await loadTable(writer, loading(entry, table.rowidName));
    }
    const virtualTables = await restoreVirtual(writer, manifest, loading);
    return await writer.finish({ ...catalog, virtualTables });
  }, writer.abandon);
}

function loads(
  folder: string,
  { tables, catalog }: Manifest,
  { progress, signal }: ImportHooks,
): (entry: ExportedTable, rowid: string | null) => Load {
  const total = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  return (entry, rowid) => {
    const done = before;
    before += entry.bytes;
    const styles = catalogColumns(catalog, entry)?.map(styleOf) ?? [];
    return { folder, entry, styles, rowid, signal, progress: (bytes) => progress(done + bytes, total) };
  };
}

/** A file has one encoding, chosen before its first table; readers go by the catalog's. */
function useEncoding({ db }: SnapshotWriter, encoding: Catalog["encoding"]): void {
  if (encoding === "UTF-8") return;
  db.exec("COMMIT");
  db.pragma(`encoding = '${encoding}'`);
  db.exec("BEGIN");
}

function createTable(writer: SnapshotWriter, table: Table): void {
  const columns = table.columns.map(({ name }) => name);
  if (!table.withoutRowid || table.primaryKey === null) {
    writer.createTable(table.name, columns, table.columns.find(({ isRowid }) => isRowid)?.name ?? null);
    return;
  }
  const key = table.primaryKey.map((name, i) => `${quoteName(name)} COLLATE ${keyCollation(table, i)}`);
  writer.db.exec(
    `CREATE TABLE ${quoteName(table.name)} (${columns.map(quoteName).join(", ")}, PRIMARY KEY (${key.join(", ")})) WITHOUT ROWID`,
  );
}

/** Collations of the application's own are not here; what they tell apart, BINARY does. */
function keyCollation(table: Table, position: number): string {
  const collation = table.primaryKeyCollations?.[position]?.toUpperCase() ?? "BINARY";
  return ["NOCASE", "RTRIM"].includes(collation) ? collation : "BINARY";
}
