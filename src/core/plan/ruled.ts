/** Columns whose cells are examined one by one on their way. */
import type { ColumnPlan } from "./plan.ts";

/** They are sent with their key, which identifies a treated cell. */
export function isRuled({ rules, encoding }: Pick<ColumnPlan, "rules" | "encoding">): boolean {
  return rules.length > 0 || encoding.kind === "live" || (encoding.kind === "tagged" && encoding.file !== undefined);
}
