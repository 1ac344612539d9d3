/** Which live table, and which of its columns, a source's rows go into: by name; where only case differs, it is asked. */
import type { Column, Table } from "../../../core/schema/catalog.ts";
import type { LiveColumn, LiveSchema, LiveTable } from "../../../core/schema/live-schema.ts";
import { foldName, sameName } from "../../../core/schema/names.ts";
import { byName, type PlanScope, tableSettings } from "../../context.ts";

export type ColumnPair = { readonly column: Column; readonly live: LiveColumn; readonly sameCase: boolean };

export type TablePair = {
  readonly table: Table;
  readonly live: LiveTable;
  readonly sameCase: boolean;
  readonly columns: readonly ColumnPair[];
  /** Source columns that the live table lacks. */
  readonly missing: readonly Column[];
  /** Live columns that no source column goes into. */
  readonly unfed: readonly LiveColumn[];
};

/** Null where the live schema has no such table, in any case. */
export function pairOf(table: Table, scope: PlanScope, schema: LiveSchema): TablePair | null {
  const own = tableSettings(scope, table.name);
  const wanted = own.as ?? table.name;
  const found = named(schema.tables, wanted);
  if (found === null) return null;
  const kept = table.columns.filter(({ name }) => !own.drop.some((dropped) => sameName(dropped, name)));
  const pairs: ColumnPair[] = [];
  const missing: Column[] = [];
  for (const column of kept) {
    const match = named(found.one.columns, byName(own.rename, column.name) ?? column.name);
    if (match === null) missing.push(column);
    else pairs.push({ column, live: match.one, sameCase: match.sameCase });
  }
  return {
    table,
    live: found.one,
    sameCase: found.sameCase,
    columns: pairs,
    missing,
    unfed: found.one.columns.filter((column) => !pairs.some(({ live }) => live === column)),
  };
}

/** The exact name, else the only one that differs in case alone. */
function named<T extends { readonly name: string }>(
  all: readonly T[],
  wanted: string,
): { readonly one: T; readonly sameCase: boolean } | null {
  const exact = all.find(({ name }) => name === wanted);
  if (exact !== undefined) return { one: exact, sameCase: true };
  const [alike, ...more] = all.filter(({ name }) => foldName(name) === foldName(wanted));
  return alike === undefined || more.length > 0 ? null : { one: alike, sameCase: false };
}

/** An empty schema is filled like a fresh one: there are no application tables that could lack a part. */
export function isEmpty(schema: LiveSchema): boolean {
  return schema.tables.length === 0;
}

/** A full-text table's vectors are rowhaul's own: it is made, or filled, as it would be in a fresh schema. */
export function mayGoInto(table: Table): boolean {
  return table.fullText === undefined;
}
