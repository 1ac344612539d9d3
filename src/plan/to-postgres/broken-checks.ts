/** Rows that violate a CHECK of their own table: let in while SQLite was told to ignore checks, or older than the check. */
import { plural } from "../../core/messages/count.ts";
import type { CellRule } from "../../core/plan/plan.ts";
import type { Table } from "../../core/schema/catalog.ts";
import type { Planning } from "../context.ts";
import { Names } from "../names.ts";
import { rowColumns } from "./into/excluded-rows.ts";
import { rowRule } from "./row-rule.ts";

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

export function brokenCheckRules(table: Table, target: string, planning: Planning): [column: string, rule: CellRule][] {
  return table.checks.flatMap((check, i) =>
    brokenCheckPolicy(table, i, target, planning) === "quarantine"
      ? rowRule(table, "CHECK_BROKEN", `coalesce((${check.expression}\n), 1)`, planning)
      : [],
  );
}
