/** Columns that identify rows or point to others: if a type made two values equal there, the rows would change. */
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
