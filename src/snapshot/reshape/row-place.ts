/** Where a row is, and what is in it, for messages and quarantine. */

import { RowhaulError } from "../../core/messages/errors.ts";
import type { QuarantinedRow } from "../../core/plan/ledger.ts";
import type { Value } from "../../core/plan/transform.ts";
import type { Catalog, Table } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import { type KeyValue, keyText } from "../../core/values/key-text.ts";
import { renderCell, shorten } from "../../core/values/render-cell.ts";
import { realDigits } from "../../core/values/wire.ts";
import type { RunningChain } from "./run-steps.ts";

export type SourceRow = { readonly table: Table; readonly values: readonly Value[]; readonly rowid: bigint | null };

export function keyOf({ table, values, rowid }: SourceRow): string {
  const { primaryKey, columns } = table;
  if (primaryKey === null) return rowid === null ? "" : keyText([table.rowidName ?? "rowid"], [rowid]);
  const own = primaryKey.map((name) => values[columns.findIndex((column) => sameName(column.name, name))] ?? null);
  return keyText(primaryKey, own.map(keyValue));
}

/** The error with the row it is about; another thing thrown stays what it is. */
export function placed(thrown: unknown, row: SourceRow, running: RunningChain): unknown {
  if (!isRowError(thrown)) return thrown;
  const at = running.at();
  const { column } = thrown.place;
  const position = at === null || column === undefined ? -1 : at.columns.findIndex((name) => sameName(name, column));
  const sample = thrown.place.sample ?? (position < 0 ? undefined : shorten(renderValue(at?.row[position] ?? null)));
  return new RowhaulError(thrown.code, thrown.message, {
    hint: thrown.hint,
    details: at === null ? thrown.details : [`In the step ${at.step.label}.`, ...thrown.details],
    place: { table: row.table.name, key: keyOf(row), ...(column && { column }), ...(sample && { sample }) },
    cause: thrown,
  });
}

/** Whether a step refused this row; anything else that is thrown is not the row's fault. */
export function isRowError(thrown: unknown): thrown is RowhaulError {
  return thrown instanceof RowhaulError && (thrown.code === "TRANSFORM_FAILED" || thrown.code === "TRANSFORM_RUBBISH");
}

export function quarantined(thrown: RowhaulError, row: SourceRow, running: RunningChain): QuarantinedRow {
  const cells = row.table.columns.map(({ name }, i) => [name, renderValue(row.values[i] ?? null)]);
  const label = running.at()?.step.label;
  return {
    table: row.table.name,
    key: keyOf(row),
    row: Object.fromEntries(cells) as Record<string, string>,
    rule: `${thrown.code}${label === undefined ? "" : `:${label}`}: ${shorten(thrown.message, 200)}`,
  };
}

export function renderValue(value: Value): string {
  if (value === null) return renderCell("null", Buffer.alloc(0));
  if (typeof value === "bigint") return renderCell("integer", Buffer.from(String(value)));
  if (typeof value === "number") return renderCell("real", Buffer.from(realDigits(value)));
  if (typeof value === "string") return renderCell("text", Buffer.from(value));
  if (value instanceof Uint8Array) return renderCell("blob", Buffer.from(value));
  return `text x'${Buffer.from(value.rawText).toString("hex")}'`;
}

/** A source table's columns as the first step sees them. */
export function sourceShape(table: Table) {
  const columns = table.columns.map(({ name, declaredType }) => ({ name, declaredType, origin: name, changed: false }));
  return { table: table.name, columns };
}

export function tableOf(catalog: Catalog, name: string): Table | undefined {
  return catalog.tables.find((table) => sameName(table.name, name));
}

function keyValue(value: Value): KeyValue {
  return value !== null && typeof value === "object" && "rawText" in value ? value.rawText : value;
}
