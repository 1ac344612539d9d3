/** Columns whose cells are looked at one by one on their way. */
import type { ColumnPlan } from "./plan.ts";

/** They are sent with their key: what becomes of a cell is told by it. */
export function isRuled({ rules, encoding }: Pick<ColumnPlan, "rules" | "encoding">): boolean {
  return rules.length > 0 || encoding.kind === "live" || (encoding.kind === "tagged" && encoding.file !== undefined);
}
