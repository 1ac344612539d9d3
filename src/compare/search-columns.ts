/** Columns of a table in PostgreSQL that stand for what a full-text table keeps in its index: no values of the source's. */
import type { Column, Table } from "../core/schema/catalog.ts";

/** Of those that only `table` has: the vector and what stands after it. Empty unless `other` is a full-text table of SQLite. */
export function searchColumns(table: Table, other: Table, only: readonly Column[]): readonly Column[] {
  if (other.fullText === undefined || table.fullText !== undefined) return [];
  const vector = only.find(({ pgType }) => pgType === "tsvector");
  if (vector === undefined) return [];
  const from = table.columns.indexOf(vector);
  return only.filter((column) => table.columns.indexOf(column) >= from);
}
