/** Whether a row lacks the parent that a foreign key points to, asked of the source itself. */
import { quoteName } from "../../quote.ts";
import { type Source, selection } from "../../source-reader.ts";
import type { Comparison } from "./comparison.ts";
import type { OrphanCondition, OrphanTest } from "./rules.ts";
import { readCondition } from "./source-row.ts";

/** A name that no application table has, so that it shadows none: the child's columns stand beside it by their table's name. */
const parentRow = '"rowhaul parent"';

/** A row with a NULL among the pointing columns points nowhere, so it lacks nothing. */
export function orphanTest(comparison: Comparison, place: string): OrphanTest {
  return (when) => {
    const { columns, parent, parentColumns, parentWhere } = when;
    if (parentColumns.length === 0) return false;
    const child = columns.map((column) => `${quoteName(comparison.table.source)}.${quoteName(column)}`);
    const gone = goneOf(comparison, when);
    if (gone !== null)
      return readCondition(comparison, place, `EXISTS (SELECT 1 FROM temp.${gone} WHERE "rowhaul id" = ${child[0]})`);
    // By name: a rowid is not among all columns.
    const theirs = [...new Set(parentColumns)].map((column) => `${quoteName(column)} AS ${quoteName(column)}`);
    const given = child.map((c) => `${c} IS NOT NULL`).join(" AND ");
    const equal = child.map((c, i) => `${parentRow}.${quoteName(parentColumns[i] ?? "")} = ${c}`).join(" AND ");
    return readCondition(
      comparison,
      place,
      `${given} AND NOT EXISTS (SELECT 1 FROM (SELECT ${theirs.join(", ")} FROM main.${quoteName(parent)} WHERE ${selection(parentWhere)}) AS ${parentRow} WHERE ${equal})`,
    );
  };
}

const known = new WeakMap<Source, Map<string, string>>();

/**
 * A condition on the row itself, which may look at many others, is worked out once for all rows: a temporary table of
 * those for which it does not hold. Null for other conditions.
 */
function goneOf({ source, table }: Comparison, when: OrphanCondition): string | null {
  const { columns, parent, parentColumns, parentWhere } = when;
  const [row, more] = columns;
  if (parent !== table.source || row === undefined || more !== undefined || row !== table.rowidName) return null;
  if (parentWhere === null || parentColumns[0] !== row) return null;
  const relations = known.get(source) ?? new Map<string, string>();
  known.set(source, relations);
  const key = JSON.stringify([parent, parentWhere]);
  const there = relations.get(key);
  if (there !== undefined) return there;
  const relation = quoteName(`rowhaul gone ${relations.size}`);
  try {
    source.exec(`CREATE TEMP TABLE ${relation}("rowhaul id" INTEGER PRIMARY KEY);
      INSERT INTO temp.${relation} SELECT ${quoteName(row)} FROM main.${quoteName(parent)} WHERE NOT coalesce((${selection(parentWhere)}), 0)`);
  } catch (thrown) {
    // While rows are being read one by one nothing can be written: then the row itself is asked.
    if (thrown instanceof TypeError) return null;
    throw thrown;
  }
  relations.set(key, relation);
  return relation;
}
