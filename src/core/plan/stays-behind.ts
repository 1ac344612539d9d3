/** Words for rows that do not move. */
import { plural } from "../messages/count.ts";
import type { LeftOut } from "./plan.ts";

/** Summary of the rows that do not move; null where every table with rows does. */
export function staysBehind(leftOut: readonly LeftOut[]): string | null {
  const behind = leftOut.filter(({ rows = 0 }) => rows > 0);
  if (behind.length === 0) return null;
  const rows = behind.reduce((sum, { rows = 0 }) => sum + rows, 0);
  return `${plural(rows, "row")} of ${plural(behind.length, "table")}`;
}

export function nowhereElse(rows: number, what: "row" | "text"): string {
  if (rows === 0) return `it has no ${what}s`;
  return `its ${plural(rows, what)} ${rows === 1 ? "exists" : "exist"} nowhere else`;
}
