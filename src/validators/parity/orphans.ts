/** Whether a row lacks the parent that a foreign key points to, asked of the source itself. */
import { name } from "../quote.ts";
import { selection } from "../source-reader.ts";
import { type Comparison, catalogTable } from "./comparison.ts";
import { readCondition } from "./source-row.ts";

/** Parents that the pipeline's selection leaves out are absent from the target, so they do not count. */
export function isOrphan(comparison: Comparison, place: string, columns: readonly string[]): boolean {
  const key = catalogTable(comparison)?.foreignKeys.find(
    (candidate) => candidate.columns.length === columns.length && candidate.columns.every((c, i) => c === columns[i]),
  );
  if (!key || key.parentColumns.length === 0) return false;
  const child = columns.map((column) => `${name(comparison.table.source)}.${name(column)}`);
  const where = comparison.tables.find((table) => table.source === key.parent)?.where ?? null;
  const equal = key.parentColumns.map((column, i) => `p.${name(column)} = ${child[i]}`).join(" AND ");
  const present = child.map((c) => `${c} IS NOT NULL`).join(" AND ");
  return readCondition(
    comparison,
    place,
    `${present} AND NOT EXISTS (SELECT 1 FROM (SELECT * FROM main.${name(key.parent)} WHERE ${selection(where)}) AS p WHERE ${equal})`,
  );
}
