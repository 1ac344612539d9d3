/** Unique keys of the live table under which two rows may collide that are distinct in the source. */

import type { FitKey } from "../../../core/plan/live-fit.ts";
import type { TableProfile } from "../../../core/plan/profile.ts";
import type { Table } from "../../../core/schema/catalog.ts";
import type { LiveColumn } from "../../../core/schema/live-schema.ts";
import { sameName } from "../../../core/schema/names.ts";
import type { PlanScope } from "../../context.ts";
import type { ColumnPair, TablePair } from "./match-tables.ts";
import { plainEncoding } from "./plain-encoding.ts";
import { readingOf } from "./reading-of.ts";

/** Not partial ones or those over an expression: whether these collide is known only when rows go in. */
export function looseKeys(pair: TablePair, values: TableProfile, scope: PlanScope): FitKey[] {
  return pair.live.uniques.flatMap(({ name, columns, partial, nullsNotDistinct }): FitKey[] => {
    if (partial || columns.length === 0 || isSure(pair, columns, values, scope)) return [];
    const key = fitKey(pair, name, columns, nullsNotDistinct);
    return key === null ? [] : [key];
  });
}

/** Null where the source does not have all of the columns. */
export function fitKey(
  { columns }: TablePair,
  name: string,
  key: readonly string[],
  nullsNotDistinct: boolean,
): FitKey | null {
  const found = key.flatMap((target) => {
    const pair = columns.find(({ live }) => live.name === target && !live.generated);
    return pair === undefined ? [] : [{ source: pair.column.name, target }];
  });
  return found.length === key.length ? { name, columns: found, nullsNotDistinct } : null;
}

/** The source's own key makes these rows distinct, and equality in the live columns means the same value. */
function isSure(pair: TablePair, key: readonly string[], values: TableProfile, scope: PlanScope): boolean {
  const parts = key.flatMap((name) => pair.columns.find(({ live }) => live.name === name) ?? []);
  if (parts.length < key.length) return false;
  const strict = parts.every((part) => isStrict(part, pair.table.name, values, scope));
  return strict && isDistinct(pair.table, parts);
}

function isStrict({ column, live }: ColumnPair, table: string, values: TableProfile, scope: PlanScope): boolean {
  const profile = values.columns[column.name];
  if (profile === undefined || !comparesBytes(live)) return false;
  return plainEncoding(column, profile, readingOf(table, column, live.type, profile, scope)) !== null;
}

function comparesBytes({ type: { kind, base }, collation }: LiveColumn): boolean {
  if (base === "text" || base === "character varying")
    return collation === null || /^(pg_catalog\.)?"?(C|POSIX|ucs_basic)"?$/.test(collation);
  return kind === "integer" || kind === "bytea";
}

/** NULLs are distinct in both; a source whose collation equates more texts only has fewer distinct rows. */
function isDistinct(table: Table, parts: readonly ColumnPair[]): boolean {
  const covers = (names: readonly string[]): boolean =>
    names.length > 0 && names.every((name) => parts.some(({ column }) => sameName(column.name, name)));
  const indexes = table.indexes.filter((index) => index.unique && index.where === null);
  const keys = [
    table.primaryKey ?? [],
    ...table.uniques.map(({ columns }) => columns),
    ...indexes.map((index) => index.parts.map(({ column }) => column ?? "")),
  ];
  return keys.some(covers) || parts.some(({ column }) => column.isRowid);
}
