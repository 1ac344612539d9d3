/** Names and expressions of a source table as they are after its steps. */

import type { HazardCode } from "../../core/plan/hazards.ts";
import type { Seen } from "../../core/plan/seen.ts";
import type { ShapeColumn } from "../../core/plan/transform.ts";
import type { Column, Table } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import type { OutputShape } from "../definition.ts";
import { mentions, renamed } from "./identifiers.ts";
import type { Leave } from "./leave.ts";

/** What happened to a table's columns, for the objects that depend on them. */
export type Follow = {
  readonly table: Table;
  /** By old name, folded. */
  readonly now: ReadonlyMap<string, ShapeColumn>;
  readonly gone: readonly string[];
  readonly dropped: readonly string[];
  /** By a step that says so. */
  readonly changed: readonly string[];
  /** By a function, as far as is known. */
  readonly byFunction: readonly string[];
  readonly names: ReadonlyMap<string, string>;
  readonly leave: Leave;
  readonly seen: Seen | null;
  readonly shape: OutputShape;
};

export function namesOf(
  { columns }: Table,
  now: ReadonlyMap<string, ShapeColumn>,
  which: (column: ShapeColumn) => boolean,
): string[] {
  return columns.flatMap(({ name }) => {
    const column = now.get(foldName(name));
    return column !== undefined && which(column) ? [name] : [];
  });
}

export type Hazard = { readonly code: HazardCode; readonly at: string };

/** Null, and left out, when one of them is gone. */
export function columnsAfter(
  columns: readonly string[],
  what: string,
  follow: Follow,
  hazard?: Hazard,
): string[] | null {
  const { table, now, leave } = follow;
  const kept = columns.map((name) => now.get(foldName(name))?.name);
  const missing = columns.filter((_, i) => kept[i] === undefined);
  if (missing.length === 0) return kept as string[];
  leave(table.name, `${what} of ${table.name}`, `the column ${missing[0]} is gone`, unasked(missing, follow, hazard));
  return null;
}

/** Dropping a column by name implies dropping what needs it; that needs no second acceptance. */
function unasked(missing: readonly string[], { dropped }: Follow, hazard: Hazard | undefined): Hazard | undefined {
  return missing.some((name) => dropped.some((one) => sameName(one, name))) ? undefined : hazard;
}

/** Null, and left out, when a column it needs is gone, or changed where `exact`. */
export function expressionAfter(
  sql: string,
  exact: boolean,
  what: string,
  follow: Follow,
  hazard?: Hazard,
): string | null {
  const { table, gone, changed, names, leave } = follow;
  const missing = gone.filter((name) => mentions(sql, [name]) !== undefined);
  const other = missing.length === 0 && exact ? mentions(sql, changed) : undefined;
  if (missing.length === 0 && other === undefined) return names.size === 0 ? sql : renamed(sql, names);
  const reason = other === undefined ? `the column ${missing[0]} is gone` : `the values of ${other} are changed`;
  leave(table.name, `${what} of ${table.name}`, reason, unasked(missing, follow, hazard));
  return null;
}

/** A copy of a column under a second name has none of its attributes. */
export function sourceOf(column: ShapeColumn, { table, now }: Follow): Column | undefined {
  const source = table.columns.find(({ name }) => column.origin !== null && sameName(name, column.origin));
  return source !== undefined && now.get(foldName(source.name)) === column ? source : undefined;
}
