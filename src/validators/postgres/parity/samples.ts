/** Values for findings: printable and short, and read no further than they are shown. */
import type { StorageClass } from "../../../core/plan/profile.ts";
import { renderCell, shorten } from "../../../core/values/render-cell.ts";
import { quoteName } from "../../quote.ts";
import type { ComparedColumn, Comparison } from "./comparison.ts";
import { decode } from "./functions.ts";
import { atPlaces } from "./scope.ts";
import { cellOf, readRow } from "./source-row.ts";

const bytesRead = 256;
const rowShown = 300;

export function sourceSample(comparison: Comparison, place: string, { plan }: ComparedColumn): string {
  const c = quoteName(plan.source);
  const [storage, raw = null] = readRow(
    comparison,
    place,
    `typeof(${c}), CASE WHEN typeof(${c}) IN ('text', 'blob') THEN substr(CAST(${c} AS BLOB), 1, ${bytesRead}) ELSE ${c} END`,
  );
  const { encoding } = comparison.catalog;
  const value = storage === "text" && raw instanceof Buffer ? withoutHalfCharacter(raw, encoding) : raw;
  const cell = cellOf(storage as StorageClass, value, encoding);
  return shorten(renderCell(cell.storage, cell.bytes));
}

export async function targetSample(
  { target, into }: Comparison,
  place: string,
  { plan, type }: ComparedColumn,
): Promise<string> {
  const c = quoteName(plan.target);
  const text =
    type === "bytea"
      ? `'\\x'||encode(substring(${c} FROM 1 FOR ${bytesRead}),'hex')`
      : `left(${c}::text, ${bytesRead})`;
  const { condition, values } = atPlaces([place]);
  const [row] = await target.query(`SELECT ${text} FROM ${into} WHERE ${condition}`, values);
  const value = row?.[0] ?? null;
  if (value === null) return "NULL";
  return shorten(type === "text" ? JSON.stringify(value) : value);
}

/** A whole row of the source, for tables that have no key to name it by. */
export function sourceRowSample(comparison: Comparison, place: string): string {
  return rowText(comparison.columns.map((c) => `${c.plan.source}=${sourceSample(comparison, place, c)}`));
}

export async function targetRowSample(comparison: Comparison, place: string): Promise<string> {
  const cells: string[] = [];
  for (const column of comparison.columns) {
    cells.push(`${column.plan.source}=${await targetSample(comparison, place, column)}`);
    if (rowText(cells).endsWith("…")) break;
  }
  return rowText(cells);
}

/** A target row's key, with the source's column names, as key-text.ts would write it. */
export async function targetKeyText({ target, into, key }: Comparison, place: string): Promise<string> {
  const columns = key.map(({ plan }) => `${quoteName(plan.target)}::text`).join(", ");
  const { condition, values } = atPlaces([place]);
  const [row] = await target.query(`SELECT ${columns} FROM ${into} WHERE ${condition}`, values);
  return key.map(({ plan, type }, i) => `${plan.source}=${keyValue(row?.[i] ?? null, type)}`).join(", ");
}

function keyValue(value: string | null, type: string): string {
  if (value === null) return "NULL";
  if (type === "bytea") return `x'${value.slice(2)}'`;
  return /^(smallint|integer|bigint|numeric|double precision)/.test(type) ? value : JSON.stringify(value);
}

function rowText(cells: readonly string[]): string {
  return shorten(cells.join(", "), rowShown);
}

/** The cut may have gone through a character. */
function withoutHalfCharacter(bytes: Buffer, encoding: Comparison["catalog"]["encoding"]): Buffer {
  if (bytes.length < bytesRead) return bytes;
  for (let cut = 0; cut < 4; cut++) {
    const shorter = bytes.subarray(0, bytes.length - cut);
    if (decode(shorter, encoding) !== null) return shorter;
  }
  return bytes;
}
