/**
 * Missing is not null, but a column has only NULL for both. Where a field is
 * missing in some rows and null in others, the pipeline must say what is to become
 * of the difference; where it is only ever missing, NULL can mean nothing else.
 */

import { RowhaulError } from "../../core/messages/errors.ts";
import { quoteName } from "../../core/quote.ts";
import type { SnapshotWriter } from "../../snapshot/write/writer.ts";
import type { JsonColumn } from "./column.ts";
import { freeName, type JsonTable } from "./table.ts";

export type Missing = { readonly column: string; readonly tracked: ReadonlySet<JsonColumn> };

/** By table: the column that names missing fields, and the columns it speaks of. Throws MISSING_AND_NULL. */
export function settleMissing(
  path: string,
  writer: SnapshotWriter,
  tables: readonly JsonTable[],
  policy: "refuse" | "null" | "keep",
): ReadonlyMap<JsonTable, Missing> {
  const settled = new Map<JsonTable, Missing>();
  const refused: string[] = [];
  for (const table of tables) {
    const both = table.columns.filter((column) => column.nulls > 0 && column.present < table.rows());
    if (policy === "refuse") refused.push(...both.map((column) => describe(table, column)));
    if (policy !== "keep") continue;
    if (both.length > 0) settled.set(table, { column: nameMissing(writer, table, both), tracked: new Set(both) });
    unmarkNulls(writer, table);
  }
  const [first] = refused;
  if (first !== undefined)
    throw new RowhaulError(
      "MISSING_AND_NULL",
      `In ${path}, ${refused.length === 1 ? "a field is" : `${refused.length} fields are`} missing in some rows and null in others.`,
      { details: refused.slice(0, 20) },
    );
  return settled;
}

function describe(table: JsonTable, column: JsonColumn): string {
  const missing = table.rows() - column.present;
  const firstMissing = column.firstMissing || column.lastRow + 1;
  return `${table.name}.${column.key}: missing in ${missing} rows (first: row ${firstMissing}), null in ${column.nulls} (first: row ${column.firstNull})`;
}

/** As an array of texts; NULL where nothing is missing. */
function nameMissing(writer: SnapshotWriter, table: JsonTable, both: readonly JsonColumn[]): string {
  const column = freeName("missing", table.columns);
  const target = quoteName(table.name);
  const names = quoteName(column);
  writer.addColumn(table.name, column);
  for (const one of both)
    writer.db
      .prepare(
        `UPDATE ${target} SET ${names} = coalesce(${names} || ',', '') || ? WHERE ${quoteName(one.name)} IS NULL`,
      )
      .run(arrayElement(one.key));
  writer.db.exec(`UPDATE ${target} SET ${names} = '{' || ${names} || '}' WHERE ${names} IS NOT NULL`);
  return column;
}

/** While rows came in, an empty BLOB stood for null. */
function unmarkNulls(writer: SnapshotWriter, table: JsonTable): void {
  for (const column of table.columns) {
    if (column.nulls === 0) continue;
    const name = quoteName(column.name);
    writer.db.exec(`UPDATE ${quoteName(table.name)} SET ${name} = NULL WHERE typeof(${name}) = 'blob'`);
  }
}

/** As PostgreSQL writes an element of an array of texts. */
function arrayElement(text: string): string {
  const isPlain = text !== "" && !/[{}",\\\s]/.test(text) && text.toLowerCase() !== "null";
  return isPlain ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}
