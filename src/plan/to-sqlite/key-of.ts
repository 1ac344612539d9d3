import type { Key } from "../../core/plan/plan.ts";
import type { Table } from "../../core/schema/catalog.ts";

/** The primary key as the rows of a file are told apart by. */
export function keyOf({ primaryKey, columns }: Table): Key {
  if (primaryKey === null) return { kind: "none", columns: [] };
  return { kind: columns.some((column) => column.isRowid) ? "integer" : "other", columns: primaryKey };
}
