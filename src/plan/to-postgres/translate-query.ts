/** A query of the source's, for the tables of a plan as they are in the target. */
import type { Plan, TablePlan } from "../../core/plan/plan.ts";
import type { ScopeRelation } from "../../sql/translate/scope.ts";
import { translateView } from "../../sql/translate/translate-view.ts";

/** `schema`: where the tables are. Types and names are the plan's; what the plan no longer knows of a column is taken as SQLite's default. */
export function translateSelection(
  sql: string,
  plan: Plan,
  schema: string,
): { readonly ok: true; readonly sql: string } | { readonly ok: false; readonly reason: string } {
  return translateView(`CREATE VIEW q AS ${sql.trim().replace(/;$/, "")}`, {
    schema,
    relations: plan.tables.map(relation),
    current: null,
  });
}

function relation({ source, target, columns, key }: TablePlan): ScopeRelation {
  return {
    source,
    target,
    rowid: key.kind === "integer" ? (key.columns[0] ?? null) : null,
    primaryKey: key.kind === "none" ? null : key.columns,
    columns: columns.map((column) => ({
      source: column.source,
      target: column.target,
      pgType: column.pgType,
      collation: "BINARY",
      affinity: null,
      encoding: column.encoding,
      generated: column.computed,
    })),
  };
}
