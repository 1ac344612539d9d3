/**
 * Full-text tables and the tables of the application's: one that rowhaul made earlier is filled like any other of ours,
 * one whose texts have columns there goes in like an ordinary table; for all others the user is asked. Pure.
 */
import type { Catalog, Table } from "../../../core/schema/catalog.ts";
import type { LiveSchema, LiveTable } from "../../../core/schema/live-schema.ts";
import { sameName } from "../../../core/schema/names.ts";
import { byName, type PlanScope, tableSettings } from "../../context.ts";
import { Names } from "../../names.ts";
import { pairOf, type TablePair } from "./match-tables.ts";

/** The pair of an ordinary table, or of a full-text table whose texts go into columns of the application's. */
export function pairInto(table: Table, scope: PlanScope, schema: LiveSchema, catalog: Catalog): TablePair | null {
  const plain = table.fullText === undefined ? table : textsInto(table, scope, schema);
  const pair = plain === null ? null : pairOf(plain, scope, schema);
  return pair !== null && isVirtual(table, catalog) ? withRowid(pair) : pair;
}

/** As an ordinary table, where the live schema has columns for its texts; null where it has none. */
export function textsInto(table: Table, scope: PlanScope, schema: LiveSchema): Table | null {
  if (!keepsTexts(table) || isOurs(table, scope, schema)) return null;
  const plain = asPlain(table);
  const pair = pairOf(plain, scope, schema);
  if (pair === null) return null;
  // A table that the pipeline file names is meant, whatever its columns are called.
  const named = tableSettings(scope, table.name).as !== null;
  return named || pair.columns.some(({ column }) => !column.isRowid) ? plain : null;
}

/** Without vectors: its rowid and its texts. */
export function asPlain({ fullText: _, ...table }: Table): Table {
  return table;
}

/** Texts of its own, none of another table, and not an index alone. */
export function keepsTexts({ columns, fullText }: Table): boolean {
  return fullText !== undefined && columns.some(({ isRowid }) => isRowid);
}

/** Made by an earlier run: the vector's columns stand there, and triggers beside the texts. */
export function isOurs(table: Table, scope: PlanScope, schema: LiveSchema): boolean {
  const own = tableSettings(scope, table.name);
  const there = liveOf(table.name, scope, schema);
  if (there === undefined) return false;
  const names = new Names(table.columns.map(({ name }) => byName(own.rename, name) ?? name));
  const made = ["tsv", "len", "big"].map((name) => names.claim(name));
  const texts = liveOf(table.fullText?.content?.table ?? table.name, scope, schema);
  return (
    made.every((name) => there.columns.some((column) => column.name === name)) && (texts?.triggers.length ?? 0) > 0
  );
}

export function liveOf(table: string, scope: PlanScope, { tables }: LiveSchema): LiveTable | undefined {
  const wanted = tableSettings(scope, table).as ?? table;
  return tables.find(({ name }) => name === wanted);
}

/** The live column that could take the rowids of a full-text table, while the pipeline does not say so yet. */
export function rowidColumn({ missing, live, unfed }: TablePair): string | null {
  const [key, ...more] = live.key;
  if (key === undefined || more.length > 0 || !missing.some(({ isRowid }) => isRowid)) return null;
  return unfed.some(({ name, type }) => name === key && type.kind === "integer") ? key : null;
}

/** Until it is answered the rowid is assumed to be the key, so that it raises no further questions. */
function withRowid(pair: TablePair): TablePair {
  const key = rowidColumn(pair);
  const live = pair.live.columns.find(({ name }) => name === key);
  const column = pair.missing.find(({ isRowid }) => isRowid);
  if (live === undefined || column === undefined) return pair;
  return {
    ...pair,
    columns: [{ column, live, sameCase: true }, ...pair.columns],
    missing: pair.missing.filter((other) => other !== column),
    unfed: pair.unfed.filter((other) => other !== live),
  };
}

export function isVirtual({ name }: Table, { virtualTables }: Catalog): boolean {
  return virtualTables.some((virtual) => sameName(virtual.name, name));
}
