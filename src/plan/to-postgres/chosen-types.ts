/**
 * Types that the pipeline file gives to columns of fresh tables and that texts, numbers and bytes go into by what they
 * say, in several spellings: read, asked about and proven as in tables that the application made.
 */

import type { ColumnFit, FitRequest } from "../../core/plan/live-fit.ts";
import type { ColumnPlan, Note } from "../../core/plan/plan.ts";
import type { ColumnProfile, Profile } from "../../core/plan/profile.ts";
import type { Catalog, Column, Table } from "../../core/schema/catalog.ts";
import type { LiveTable } from "../../core/schema/live-schema.ts";
import type { LiveType } from "../../core/schema/live-type.ts";
import { foldName } from "../../core/schema/names.ts";
import type { ColumnSettings } from "../../core/settings.ts";
import type { Hazards } from "../acceptance.ts";
import { byName, type PlanScope, selectedRows, tableSettings } from "../context.ts";
import { selectTables } from "../selection.ts";
import { decideIntoColumn } from "./into/decide-column.ts";
import { readingOf } from "./into/reading-of.ts";

const types: Readonly<Partial<Record<NonNullable<ColumnSettings["type"]>, LiveType>>> = {
  uuid: { written: "uuid", kind: "uuid", size: null, scale: null, domain: false, base: "uuid" },
  interval: { written: "interval", kind: "asked", size: null, scale: null, domain: false, base: "interval" },
};

/** What must be asked of their values. `live`: tables by source table, whose columns have the types that they have. */
export function chosenRequests(
  scope: PlanScope,
  catalog: Catalog,
  profile: Profile,
  live: ReadonlyMap<string, LiveTable>,
): FitRequest[] {
  return selectTables(catalog, scope.selection).tables.flatMap((table): FitRequest[] => {
    const values = profile.tables[table.name];
    if (values === undefined || live.has(table.name)) return [];
    const columns = table.columns.flatMap((column) => {
      const type = chosenType(scope, table, column);
      const found = values.columns[column.name];
      if (type === null || found === undefined) return [];
      return [{ column: column.name, reading: readingOf(table.name, column, type, found, scope) }];
    });
    if (columns.length === 0) return [];
    const nothing = { meeting: null, uniques: [], occupied: [], overwrites: false, references: [], missing: [] };
    return [{ table, where: selectedRows(scope, table), columns, ...nothing }];
  });
}

export type ChosenColumn = {
  readonly table: Table;
  readonly column: Column;
  readonly profile: ColumnProfile;
  readonly target: string;
  readonly keyed: boolean;
  readonly fit: ColumnFit | undefined;
};

/** Null where the pipeline file gives the column none of these types. */
export function decideChosen(
  { table, column, profile, target, keyed, fit }: ChosenColumn,
  scope: PlanScope,
  hazards: Hazards,
  notes: Note[],
): ColumnPlan | null {
  const type = chosenType(scope, table, column);
  if (type === null) return null;
  const isPrimary = (table.primaryKey ?? []).some((name) => foldName(name) === foldName(column.name));
  const decided = decideIntoColumn(
    {
      table: table.name,
      column,
      live: {
        name: target,
        type,
        collation: null,
        notNull: column.notNull,
        default: null,
        identity: null,
        generated: false,
      },
      profile,
      reading: readingOf(table.name, column, type, profile, scope),
      fit,
      keyed,
      primary: isPrimary,
      linked: keyed,
      named: table.primaryKey !== null,
    },
    hazards,
    notes,
  );
  return { ...decided, reason: `type ${type.written} set in the pipeline file` };
}

function chosenType(scope: PlanScope, table: Table, column: Column): LiveType | null {
  const { type } = byName(tableSettings(scope, table.name).columns, column.name) ?? { type: null };
  return type === null || column.generated !== null ? null : (types[type] ?? null);
}
