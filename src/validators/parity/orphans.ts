/** Whether a row lacks the parent that a foreign key points to, asked of the source itself. */
import { name } from "../quote.ts";
import { selection } from "../source-reader.ts";
import type { Comparison } from "./comparison.ts";
import type { OrphanTest } from "./rules.ts";
import { readCondition } from "./source-row.ts";

/** A row with a NULL among the pointing columns points nowhere, so it lacks nothing. */
export function orphanTest(comparison: Comparison, place: string): OrphanTest {
  return ({ columns, parent, parentColumns, parentWhere }) => {
    if (parentColumns.length === 0) return false;
    const child = columns.map((column) => `${name(comparison.table.source)}.${name(column)}`);
    // By name: a rowid is not among all columns.
    const theirs = [...new Set(parentColumns)].map((column) => `${name(column)} AS ${name(column)}`);
    const given = child.map((c) => `${c} IS NOT NULL`).join(" AND ");
    const equal = child.map((c, i) => `p.${name(parentColumns[i] ?? "")} = ${c}`).join(" AND ");
    return readCondition(
      comparison,
      place,
      `${given} AND NOT EXISTS (SELECT 1 FROM (SELECT ${theirs.join(", ")} FROM main.${name(parent)} WHERE ${selection(parentWhere)}) AS p WHERE ${equal})`,
    );
  };
}
