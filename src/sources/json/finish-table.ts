/** What a table turned out to be when its last row was read: its entry in the catalog, and how its cells stand. */

import { RowhaulError } from "../../core/messages/errors.ts";
import { quoteName } from "../../core/quote.ts";
import type { Column, Table } from "../../core/schema/catalog.ts";
import type { CellForm, StoredColumn, StoredTable } from "../../json/stored-rows.ts";
import { rowidName, type SnapshotWriter } from "../../snapshot/write/writer.ts";
import { doubleFunction, type JsonColumn } from "./column.ts";
import { findKey } from "./key.ts";
import type { Missing } from "./missing.ts";
import type { JsonTable } from "./table.ts";

export type FinishedTable = {
  readonly table: Table;
  readonly stored: StoredTable;
  readonly notes: readonly string[];
};

export function finishTable(
  path: string,
  writer: SnapshotWriter,
  table: JsonTable,
  missing: ReadonlyMap<JsonTable, Missing>,
  declaredKeys: Readonly<Record<string, readonly string[]>>,
): FinishedTable {
  if (table.columns.length === 0)
    throw new RowhaulError("SOURCE_JSON", `The rows of ${table.name} in ${path} have no fields.`, {
      hint: "Check that it is the right file.",
      place: { table: table.name },
    });
  const key = findKey(path, writer, table, declaredKeys);
  const kept = missing.get(table) ?? null;
  const forms = table.columns.map((column) => settle(writer, table, column));
  const columns = table.columns.map((column, i) =>
    catalogColumn(table, column, forms[i] ?? "empty", key?.columns ?? []),
  );
  if (kept !== null)
    columns.push({ ...plain(kept.column), declaredType: "text[]", pgType: "text[]", affinity: "TEXT" });
  const notes = key?.note == null ? [] : [key.note];
  for (const column of table.columns)
    if (column.name !== column.key)
      notes.push(`The field ${column.key} is the column ${column.name}: another differs from it only in case.`);
  const stored: StoredColumn[] = table.columns.map((column, i) => ({
    key: column.key,
    name: column.name,
    form: forms[i] ?? "empty",
    tracked: kept?.tracked.has(column) ?? false,
  }));
  return {
    stored: { name: table.name, key: table.key, columns: stored, missing: kept?.column ?? null },
    notes,
    table: {
      name: table.name,
      sql: "",
      columns,
      primaryKey: key === null ? null : key.columns,
      primaryKeyCollations: key === null ? null : key.columns.map(() => "BINARY"),
      withoutRowid: false,
      strict: false,
      autoincrement: false,
      sequence: null,
      rowidName: rowidName(columns.map((column) => column.name)),
      uniques: [],
      conflictClauses: [],
      indexes: [],
      foreignKeys: [],
      checks: [],
    },
  };
}

/** Numbers with a −0 among them cannot be numeric: they are doubles when every one is a double to the digit, else JSON. */
function settle(writer: SnapshotWriter, table: JsonTable, column: JsonColumn): CellForm {
  if (column.rung !== "decimal" || column.negativeZeros === 0) return column.rung;
  if (column.notDoubles > 0) return "json";
  const name = quoteName(column.name);
  writer.db.exec(`UPDATE ${quoteName(table.name)} SET ${name} = ${doubleFunction}(${name}) WHERE ${name} IS NOT NULL`);
  return "double";
}

function catalogColumn(table: JsonTable, column: JsonColumn, form: CellForm, key: readonly string[]): Column {
  const base = {
    ...plain(column.name),
    notNull: key.includes(column.name),
    isRowid: column.name === table.rowid() && key.length === 1 && key[0] === column.name,
  };
  switch (form) {
    case "boolean":
      return { ...base, declaredType: "BOOLEAN", affinity: "INTEGER", truth: true };
    case "integer":
      return { ...base, declaredType: "INTEGER", affinity: "INTEGER" };
    case "decimal":
      return { ...base, declaredType: "numeric", pgType: "numeric" };
    case "double":
      return { ...base, declaredType: "double precision", pgType: "double precision" };
    case "json":
      return { ...base, declaredType: "JSON" };
    case "text":
      return { ...base, declaredType: textType(column) };
    case "empty":
      return base;
  }
}

function textType(column: JsonColumn): string {
  if (column.layout === null) return "TEXT";
  return column.layout === "YYYY-MM-DD" ? "DATE" : "DATETIME";
}

function plain(name: string): Column {
  return {
    name,
    declaredType: "TEXT",
    affinity: "TEXT",
    notNull: false,
    default: null,
    collation: "BINARY",
    isRowid: false,
    generated: null,
  };
}
