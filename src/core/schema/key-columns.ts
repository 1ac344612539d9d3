/** Columns by which rows are told apart, or point to others: what a type makes equal there would change the rows. */
import type { Column, Table } from "./catalog.ts";
import { sameName } from "./names.ts";

/** Part of a primary key, a unique key or index, or a foreign key. */
export function isKeyed(table: Table, column: Column): boolean {
  const keys = [
    table.primaryKey ?? [],
    ...table.uniques.map((unique) => unique.columns),
    ...table.indexes.filter((index) => index.unique).map((index) => index.parts.map((part) => part.column ?? "")),
    ...table.foreignKeys.map((key) => key.columns),
  ];
  return keys.some((columns) => columns.some((name) => sameName(name, column.name)));
}
