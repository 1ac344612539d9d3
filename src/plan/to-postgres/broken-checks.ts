/** Rows that violate a CHECK of their own table: let in while SQLite was told to ignore checks, or older than the check. */
import { plural } from "../../core/messages/count.ts";
import type { CellRule } from "../../core/plan/plan.ts";
import type { Table } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import { type Planning, tableSettings } from "../context.ts";
import { Names } from "../names.ts";
import { rowColumns } from "./into/excluded-rows.ts";

/** How messages and accept entries call it. */
export function checkName(check: Table["checks"][number], position: number, target: string): string {
  return new Names().claim(check.name ?? `${target}_check${position + 1}`);
}

/** Null where every row meets it. Asked once, for the rules of the table's columns and for the constraint itself. */
export function brokenCheckPolicy(table: Table, position: number, target: string, planning: Planning): string | null {
  const id = `${table.name}\0${position}`;
  const found = planning.input.brokenChecks?.get(id);
  const check = table.checks[position];
  if (found === undefined || found.count === 0 || check === undefined) return null;
  const known = planning.brokenCheckPolicies.get(id);
  if (known !== undefined) return known;
  const at = `${table.name}.${checkName(check, position, target)}`;
  if (planning.hazards.givesUp("CHECK_LOST", at)) return null;
  const policy = planning.hazards.meet({
    code: "CHECK_BROKEN",
    at,
    count: found.count,
    samples: found.samples,
    message: `${plural(found.count, "row violates", "rows violate")} CHECK (${check.expression})`,
    offered: rowColumns(table).length === 0 ? ["not-valid"] : ["not-valid", "quarantine"],
  });
  planning.brokenCheckPolicies.set(id, policy);
  return policy;
}

/**
 * A row counts as its own parent here, missing where it does not meet the check. The rule stands at a column outside the
 * key, where there is one.
 */
export function brokenCheckRules(table: Table, target: string, planning: Planning): [column: string, rule: CellRule][] {
  const { drop } = tableSettings(planning.input, table.name);
  const kept = table.columns.filter(
    ({ name, generated, isRowid }) => generated === null && !isRowid && !drop.some((one) => sameName(one, name)),
  );
  const isKey = (name: string): boolean => table.primaryKey?.some((one) => sameName(one, name)) === true;
  const column = kept.find(({ name }) => !isKey(name)) ?? kept[0] ?? table.columns[0];
  const row = rowColumns(table);
  return table.checks.flatMap((check, i): [string, CellRule][] => {
    if (brokenCheckPolicy(table, i, target, planning) !== "quarantine" || column === undefined) return [];
    return [
      [
        column.name,
        {
          code: "CHECK_BROKEN",
          when: {
            kind: "orphan",
            columns: row,
            parent: table.name,
            parentColumns: row,
            parentWhere: `coalesce((${check.expression}\n), 1)`,
          },
          then: "quarantine",
        },
      ],
    ];
  });
}
