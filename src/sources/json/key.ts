/** Which fields are a table's key: those declared, else a field that is named like one and can be one. */

import { RowhaulError } from "../../core/messages/errors.ts";
import { quoteName } from "../../core/quote.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import { shorten } from "../../core/values/render-cell.ts";
import type { SnapshotWriter } from "../../snapshot/write/writer.ts";
import type { JsonColumn } from "./column.ts";
import type { JsonTable } from "./table.ts";

type Declared = Readonly<Record<string, readonly string[]>>;

/** The field that would be a key alone, among those of the first row. */
export function keyCandidate(table: string, declared: Declared, fields: readonly string[]): string | null {
  const key = declaredKey(table, declared);
  if (key !== null) return key.length === 1 ? (fields.find((field) => sameName(field, key[0] ?? "")) ?? null) : null;
  const names = ["id", `${table}_id`, `${table}id`].map(foldName);
  for (const name of names) {
    const field = fields.find((one) => foldName(one) === name);
    if (field !== undefined) return field;
  }
  return null;
}

export type FoundKey = { readonly columns: readonly string[]; readonly note: string | null };

/** Throws SOURCE_JSON when a declared key is none. */
export function findKey(path: string, writer: SnapshotWriter, table: JsonTable, declared: Declared): FoundKey | null {
  const wanted = declaredKey(table.name, declared);
  if (wanted !== null) {
    const columns = wanted.map((name) => declaredColumn(path, table, name));
    for (const column of columns) refuseGaps(path, table, column);
    const names = columns.map((column) => column.name);
    const twice = table.rowid() === names[0] && names.length === 1 ? null : repeatedKey(writer, table, names);
    if (twice !== null)
      throw new RowhaulError(
        "SOURCE_JSON",
        `The declared key of ${table.name} (${wanted.join(", ")}) is not unique in ${path}.`,
        {
          hint: "Correct the file, or declare a key whose values differ in every row.",
          place: { table: table.name, key: twice },
        },
      );
    return { columns: names, note: null };
  }
  const name = keyCandidate(
    table.name,
    declared,
    table.columns.map((column) => column.key),
  );
  const column = table.columns.find((one) => one.key === name);
  if (column === undefined || column.nulls > 0 || column.present < table.rows()) return null;
  if (column.rung !== "integer" && column.rung !== "text") return null;
  if (table.rowid() !== column.name && repeatedKey(writer, table, [column.name]) !== null) return null;
  return {
    columns: [column.name],
    note: `${column.name} is taken for the primary key: it is in every row, never null and never twice the same.`,
  };
}

function declaredKey(table: string, declared: Declared): readonly string[] | null {
  return Object.entries(declared).find(([name]) => sameName(name, table))?.[1] ?? null;
}

function declaredColumn(path: string, table: JsonTable, name: string): JsonColumn {
  const column = table.columns.find((one) => one.key === name) ?? table.columns.find((one) => sameName(one.name, name));
  if (column !== undefined) return column;
  throw new RowhaulError(
    "SOURCE_JSON",
    `The declared key of ${table.name} names ${name}, which no row of ${path} has.`,
    {
      hint: `Its fields are: ${shorten(table.columns.map((one) => one.key).join(", "), 400)}.`,
      place: { table: table.name, column: name },
    },
  );
}

function refuseGaps(path: string, table: JsonTable, column: JsonColumn): void {
  const gap = column.firstNull || column.firstMissing;
  if (gap === 0) return;
  throw new RowhaulError(
    "SOURCE_JSON",
    `The declared key of ${table.name} has no value in row ${gap} of ${path}: ${column.key} is ${column.firstNull > 0 ? "null" : "missing"}.`,
    { hint: "Correct the file, or declare another key.", place: { table: table.name, column: column.key } },
  );
}

/** A key that two rows have, for messages. */
function repeatedKey(writer: SnapshotWriter, table: JsonTable, names: readonly string[]): string | null {
  const list = names.map(quoteName).join(", ");
  const found = writer.db
    .prepare(`SELECT ${list} FROM ${quoteName(table.name)} GROUP BY ${list} HAVING count(*) > 1 LIMIT 1`)
    .safeIntegers(true)
    .raw(true)
    .get() as unknown[] | undefined;
  if (found === undefined) return null;
  return names.map((name, i) => `${name}=${shorten(String(found[i]))}`).join(", ");
}
