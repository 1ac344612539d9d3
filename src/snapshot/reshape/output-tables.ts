/**
 * The tables that chains write: each once, with the columns of all who write it. Columns have no type while rows are
 * written, so that a value stays what the step made of it; only a lone integer key is declared, because it is the rowid.
 */

import { RowhaulError } from "../../core/messages/errors.ts";
import type { Chain, Shape } from "../../core/plan/transform.ts";
import { quoteName } from "../../core/quote.ts";
import type { Catalog, Table } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import { rowidName, unusedName } from "../write/writer.ts";
import { tableOf } from "./row-place.ts";

export type OutputTable = {
  readonly name: string;
  readonly columns: readonly string[];
  /** The column that is the rowid; null when the rowid is hidden. */
  readonly alias: string | null;
  readonly rowidName: "rowid" | "_rowid_" | "oid" | null;
  /** Chains that write it, by position. */
  readonly writers: ReadonlySet<number>;
  /** The chain whose source rows it holds, with their rowids; null when the rows of several meet in it, or none does. */
  readonly main: number | null;
};

/** By folded name. Throws PLAN_INVALID when a name is taken. */
export function outputTables(
  chains: readonly Chain[],
  catalog: Catalog,
  reshaped: Catalog,
  wanted: (table: string) => boolean,
): ReadonlyMap<string, OutputTable> {
  const shapes = new Map<string, { shape: Shape; chain: number; main: boolean }[]>();
  for (const [chain, { outputs, steps, shared }] of chains.entries()) {
    for (const shape of [steps.at(-1)?.outputs[0] ?? outputs[0], ...outputs.slice(1)]) {
      const name = foldName(shape.table);
      const main = sameName(shape.table, outputs[0].table) && !shared;
      shapes.set(name, [...(shapes.get(name) ?? []), { shape, chain, main }]);
    }
  }
  const tables = new Map<string, OutputTable>();
  for (const [folded, written] of shapes) {
    const [first] = written;
    if (first === undefined) continue;
    checkName(first.shape.table, chains, catalog, wanted);
    const table = tableOf(reshaped, first.shape.table);
    const columns = unionOf(table, written);
    const name = table?.name ?? first.shape.table;
    if (columns.length === 0)
      throw new RowhaulError("PLAN_INVALID", `${name} would have no columns.`, { place: { table: name } });
    const writers = new Set(written.map(({ chain }) => chain));
    tables.set(folded, {
      name,
      columns,
      alias: table?.columns.find(({ isRowid }) => isRowid)?.name ?? null,
      rowidName: rowidName(columns),
      writers,
      main: writers.size === 1 && written.some(({ main }) => main) ? first.chain : null,
    });
  }
  return tables;
}

/** Drops the tables that chains read, with their indexes and triggers, and creates those that they write. */
export function replaceTables(
  db: Sqlite,
  chains: readonly Chain[],
  outputs: ReadonlyMap<string, OutputTable>,
  reshaped: Catalog,
): void {
  const gone = [...chains.map(({ table }) => table), ...[...outputs.values()].map(({ name }) => name)];
  for (const name of gone) db.exec(`DROP TABLE IF EXISTS ${quoteName(name)}`);
  for (const output of outputs.values()) {
    // An index shares its namespace with tables; in this file it only served speed.
    db.exec(`DROP INDEX IF EXISTS ${quoteName(output.name)}`);
    db.exec(createSql(output.name, output, reshaped));
  }
}

/** `name`: under which it is made. `typed`: with the catalog's affinities. */
export function createSql(name: string, output: OutputTable, reshaped: Catalog, typed = false): string {
  const table = tableOf(reshaped, output.name);
  const lines = output.columns.map((column) => columnLine(column, column === output.alias, table, typed));
  return `CREATE TABLE ${quoteName(name)} (${lines.join(", ")})`;
}

/** Foreign keys are followed from here on: what they point to is looked up row by row. */
export function indexParents(db: Sqlite, outputs: ReadonlyMap<string, OutputTable>, reshaped: Catalog): void {
  const made = new Set<string>();
  for (const { parent, parentColumns } of reshaped.tables.flatMap((table) => table.foreignKeys)) {
    const table = outputs.get(foldName(parent));
    if (table === undefined || parentColumns.length === 0) continue;
    const columns = parentColumns.map((name) => table.columns.find((column) => sameName(column, name)));
    if (columns.some((column) => column === undefined)) continue;
    if (columns.length === 1 && columns[0] === table.alias) continue;
    const list = columns.map((column) => quoteName(column ?? "")).join(", ");
    const index = `CREATE INDEX ${quoteName(unusedName(db))} ON ${quoteName(table.name)} (${list})`;
    const id = `${foldName(table.name)}\0${list}`;
    if (made.has(id)) continue;
    made.add(id);
    db.exec(index);
  }
}

function checkName(name: string, chains: readonly Chain[], catalog: Catalog, wanted: (table: string) => boolean): void {
  const taken = (what: string): RowhaulError =>
    new RowhaulError("PLAN_INVALID", `The steps make a table ${name}, but ${what}.`, {
      place: { table: name },
      hint: "Give the new table another name.",
    });
  if (/^sqlite_/i.test(name)) throw taken("that name is reserved");
  const existing = tableOf(catalog, name);
  if (existing !== undefined && wanted(existing.name) && !chains.some(({ table }) => sameName(table, name)))
    throw taken("the source has one, which would be lost");
  if (catalog.views.some((view) => sameName(view.name, name))) throw taken("the source has a view of that name");
  const virtual = catalog.virtualTables.find((one) =>
    [one.name, ...one.shadowTables].some((own) => sameName(own, name)),
  );
  if (virtual !== undefined) throw taken(`that name belongs to the virtual table ${virtual.name}`);
  if (catalog.internal.some((one) => sameName(one, name))) throw taken("the source keeps its own books under it");
}

/** In the order of the catalog; what only a chain knows comes last. */
function unionOf(table: Table | undefined, written: readonly { shape: Shape }[]): string[] {
  const columns = new Map<string, string>();
  const known = table?.columns.filter(({ hiddenRowid }) => hiddenRowid !== true) ?? [];
  const all = [...known, ...written.flatMap(({ shape }) => shape.columns)];
  for (const { name } of all) if (!columns.has(foldName(name))) columns.set(foldName(name), name);
  return [...columns.values()];
}

/** How texts compare stays with the column; SQLite knows no collation of an application's own. */
function columnLine(name: string, key: boolean, table: Table | undefined, typed: boolean): string {
  if (key) return `${quoteName(name)} INTEGER PRIMARY KEY`;
  const column = table?.columns.find((one) => sameName(one.name, name));
  const affinity = typed && column !== undefined && column.affinity !== "BLOB" ? ` ${column.affinity}` : "";
  const collation = column?.collation.toUpperCase();
  const known = collation === "NOCASE" || collation === "RTRIM";
  return `${quoteName(name)}${affinity}${known ? ` COLLATE ${collation}` : ""}`;
}
