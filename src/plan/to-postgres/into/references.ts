/** Foreign keys of the live table, and where the parents of the source's rows may be. */
import type { FitReference, ReferenceColumn } from "../../../core/plan/live-fit.ts";
import type { Profile } from "../../../core/plan/profile.ts";
import type { LiveForeignKey, LiveSchema } from "../../../core/schema/live-schema.ts";
import { type PlanScope, selectedRows } from "../../context.ts";
import type { TablePair } from "./match-tables.ts";
import type { Matching } from "./matching.ts";
import { modeOf } from "./mode-of.ts";
import { readingOf } from "./reading-of.ts";

export type Referring = {
  readonly scope: PlanScope;
  readonly profile: Profile;
  readonly schema: LiveSchema;
  readonly pairs: readonly TablePair[];
  readonly matchings: ReadonlyMap<string, Matching>;
};

/** A name for a live table that no source table has. */
export function liveName(table: string): string {
  return `\0${table}`;
}

export function referencesOf(pair: TablePair, referring: Referring): FitReference[] {
  return pair.live.foreignKeys.flatMap((key) => {
    const columns = columnsOf(pair, key.columns, referring);
    return columns === null ? [] : referenceOf(pair, key, columns, referring);
  });
}

function referenceOf(
  pair: TablePair,
  key: LiveForeignKey,
  columns: readonly ReferenceColumn[],
  referring: Referring,
): FitReference[] {
  const { scope, schema, pairs, matchings } = referring;
  const there = schema.tables.find(({ name }) => name === key.parent);
  if (there === undefined) return [];
  const parent = pairs.find(({ live }) => live === there);
  const own = parent === undefined ? [] : columnsOf(parent, key.parentColumns, referring);
  // Rows that get their key from the server cannot be referenced yet.
  if (own === null) return [];
  // An id that will be replaced does not refer to a row of the target.
  const mapped = matchings.get(pair.table.name)?.mapped.some(({ column }) => key.columns.includes(column)) === true;
  const stays = parent === undefined || modeOf(parent.table.name, scope) !== "replace";
  return [
    {
      name: key.name,
      columns,
      source:
        parent === undefined
          ? null
          : { table: parent.table.name, where: selectedRows(scope, parent.table), columns: own },
      live: stays && !mapped && there.hasRows ? { table: liveName(key.parent), columns: key.parentColumns } : null,
    },
  ];
}

/** Null where some do not come from the source. */
function columnsOf(
  { table, columns }: TablePair,
  names: readonly string[],
  { profile, scope }: Referring,
): ReferenceColumn[] | null {
  const found = names.flatMap((name): ReferenceColumn[] => {
    const pair = columns.find(({ live }) => live.name === name && !live.generated);
    const values = pair === undefined ? undefined : profile.tables[table.name]?.columns[pair.column.name];
    if (pair === undefined || values === undefined) return [];
    return [{ column: pair.column.name, reading: readingOf(table.name, pair.column, pair.live.type, values, scope) }];
  });
  return found.length === names.length ? found : null;
}
