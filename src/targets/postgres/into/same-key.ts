import { quoteName } from "../../../core/quote.ts";
import type { MatchedTable } from "./match.ts";

/** Whether the live row `l` is the staged row `s`. Asks only for the live primary key, all of whose columns must be written. */
export function sameKey({ live, written: columns }: MatchedTable): string {
  return columns
    .filter((column) => live.key.includes(column.live.name))
    .map((column) => `l.${quoteName(column.live.name)} = s.${quoteName(column.plan.target)}`)
    .join(" AND ");
}

/** The source knows the key of the live table. */
export function hasKey({ live, written: columns }: MatchedTable): boolean {
  return live.key.length > 0 && live.key.every((name) => columns.some((column) => column.live.name === name));
}

/** SQL that is true where the live row `l` is the row `s`, by the key that the plan matches rows by. */
export function sameByMatch({ matchedBy, written }: MatchedTable): string {
  return written
    .filter(({ live }) => matchedBy.includes(live.name))
    .map(({ live, plan }) => `l.${quoteName(live.name)} = s.${quoteName(plan.target)}`)
    .join(" AND ");
}
