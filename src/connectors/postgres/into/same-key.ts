import { quoteName } from "../quote.ts";
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
