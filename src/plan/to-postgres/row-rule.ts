import type { HazardCode } from "../../core/plan/hazards.ts";
import type { CellRule } from "../../core/plan/plan.ts";
import type { Table } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import { type Planning, tableSettings } from "../context.ts";
import { rowColumns } from "./into/excluded-rows.ts";

/**
 * Moves rows that do not meet a condition to quarantine: a row counts as its own parent here, missing where it does not.
 * The rule stands at a column outside the key, where there is one.
 */
export function rowRule(
  table: Table,
  code: HazardCode,
  condition: string,
  planning: Planning,
): [column: string, rule: CellRule][] {
  const { drop } = tableSettings(planning.input, table.name);
  const kept = table.columns.filter(
    ({ name, generated, isRowid }) => generated === null && !isRowid && !drop.some((one) => sameName(one, name)),
  );
  const isKey = (name: string): boolean => table.primaryKey?.some((one) => sameName(one, name)) === true;
  const column = kept.find(({ name }) => !isKey(name)) ?? kept[0] ?? table.columns[0];
  const row = rowColumns(table);
  if (column === undefined) return [];
  const when = {
    kind: "orphan",
    columns: row,
    parent: table.name,
    parentColumns: row,
    parentWhere: condition,
  } as const;
  return [[column.name, { code, when, then: "quarantine" }]];
}
