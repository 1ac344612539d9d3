/** One table with everything the checks of this folder look at. */

import type { ColumnPlan, Plan, TablePlan } from "../../../core/plan/plan.ts";
import type { Catalog, Table } from "../../../core/schema/catalog.ts";
import { sameName } from "../../../core/schema/names.ts";
import type { Source } from "../../source-reader.ts";
import type { Target } from "../target-reader.ts";
import type { Expectations } from "./expectations.ts";
import type { Identities } from "./identities.ts";
import type { TargetObjects, TargetTable } from "./target-objects.ts";

export type CheckedTable = {
  readonly plan: Plan;
  readonly catalog: Catalog;
  readonly table: TablePlan;
  readonly declared: Table;
  readonly actual: TargetTable;
  readonly objects: TargetObjects;
  readonly identities: Identities;
  readonly source: Source;
  readonly target: Target;
  readonly schema: string;
  readonly expectations: Expectations;
};

/** A source column's name in the target; null when the column does not travel. */
export function targetName(table: TablePlan, column: string): string | null {
  return planOf(table, column)?.target ?? null;
}

export function targetNames(table: TablePlan, columns: readonly string[]): (string | null)[] {
  return columns.map((column) => targetName(table, column));
}

/** SQLite folds names: a constraint may spell a column in another way than its definition. */
export function planOf(table: TablePlan, column: string): ColumnPlan | undefined {
  return (
    table.columns.find((candidate) => candidate.source === column) ??
    table.columns.find((candidate) => sameName(candidate.source, column))
  );
}

export function sameList(a: readonly (string | null)[], b: readonly (string | null)[]): boolean {
  return a.length === b.length && a.every((item, i) => item !== null && item === b[i]);
}
