/** A piece of SQL with its parameters, to be put into a larger query. */
import { quoteName } from "../../core/quote.ts";

export type Fragment = { readonly text: string; readonly values: unknown[] };

/** A column, or a table (or its alias) and a column. */
export type ColumnName = string | readonly [table: string, column: string];

export function columnSql(column: ColumnName): string {
  return typeof column === "string" ? quoteName(column) : column.map(quoteName).join(".");
}
