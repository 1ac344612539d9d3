/**
 * A column while rows come in. Its type is known only after the last row, so its
 * cells climb: integers become decimals when the first decimal comes, and whatever
 * is mixed or nested becomes JSON text. Each climb rewrites the rows so far.
 */
import { commonLayout, layoutOf } from "../../core/values/date-layout.ts";
import { canonicalDecimal, isNegativeZero } from "../../json/number.ts";
import { type JsonKind, type JsonValue, jsonKind } from "../../json/record.ts";
import type { SnapshotCell } from "../../snapshot/write/writer.ts";

/** `decimal` may hold −0 until the end, when the whole column becomes double precision or JSON. */
export type Rung = "empty" | "boolean" | "integer" | "decimal" | "text" | "json";

export type JsonColumn = {
  readonly key: string;
  readonly name: string;
  rung: Rung;
  nulls: number;
  /** Rows that have the field. */
  present: number;
  /** Last row that has it, and first that lacks it; from 1, 0 = none. */
  lastRow: number;
  firstMissing: number;
  firstNull: number;
  negativeZeros: number;
  /** Numbers that are not exactly the shortest digits of a double. */
  notDoubles: number;
  /** Of every text so far; null when two differ or one is no date. */
  layout: string | null;
  texts: number;
};

export function newColumn(key: string, name: string): JsonColumn {
  return {
    key,
    name,
    rung: "empty",
    nulls: 0,
    present: 0,
    lastRow: 0,
    firstMissing: 0,
    firstNull: 0,
    negativeZeros: 0,
    notDoubles: 0,
    layout: null,
    texts: 0,
  };
}

/** The rung a column must be on to hold the value: its own when that will do. */
export function rungFor(column: JsonColumn, kind: JsonKind, value: JsonValue): Rung {
  const own = ownRung(kind, value);
  const { rung } = column;
  if (rung === own || rung === "json") return rung;
  if (rung === "empty") return own;
  if (rung === "decimal" && own === "integer") return rung;
  if (rung === "integer" && own === "decimal") return own;
  return "json";
}

/** The cell of a value in a column that is on its rung. Null values are not its business. */
export function cellOf(column: JsonColumn, kind: JsonKind, value: JsonValue): SnapshotCell {
  switch (column.rung) {
    case "integer":
      note(column, value);
      return BigInt(value ?? 0);
    case "text":
      noteText(column, String(value));
      return String(value);
    case "boolean":
      return kind === jsonKind.true ? 1n : 0n;
    case "decimal":
      note(column, value);
      return numberText(String(value));
    default:
      return jsonText(kind, value);
  }
}

/** SQL that rewrites the cells of `quoted` (a quoted column name) from one rung to another; null when none has to change. */
export function climb(from: Rung, to: Rung, quoted: string): string | null {
  if (from === "empty" || (from === "decimal" && to === "json")) return null;
  if (from === "boolean") return `CASE ${quoted} WHEN 1 THEN 'true' ELSE 'false' END`;
  if (from === "text") return `${quoteFunction}(${quoted})`;
  return `CAST(${quoted} AS TEXT)`;
}

/** SQL function that the snapshot's connection must have: a text as JSON. */
export const quoteFunction = "rowhaul_json_text";
/** And this: a decimal as double precision writes it. */
export const doubleFunction = "rowhaul_double_text";

/** As PostgreSQL writes a double precision: shortest digits, an exponent below −4 and from 15 on. */
export function doubleText(text: string): string {
  const value = Number(text);
  if (Object.is(value, -0)) return "-0";
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  const plain = canonicalDecimal(String(value));
  if (power >= -4 && power < 15 && plain !== null) return plain;
  return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

function ownRung(kind: JsonKind, value: JsonValue): Rung {
  if (kind === jsonKind.string) return "text";
  if (kind === jsonKind.integer) return "integer";
  if (kind === jsonKind.nested) return "json";
  if (kind !== jsonKind.decimal) return "boolean";
  return canonicalDecimal(String(value)) === null ? "json" : "decimal";
}

function jsonText(kind: JsonKind, value: JsonValue): string {
  if (kind === jsonKind.true || kind === jsonKind.false) return kind === jsonKind.true ? "true" : "false";
  if (kind === jsonKind.string) return JSON.stringify(value);
  return kind === jsonKind.decimal ? numberText(String(value)) : String(value);
}

/** The digits numeric would write, with the sign of a negative zero; as written where numeric cannot hold it. */
function numberText(raw: string): string {
  const plain = canonicalDecimal(raw);
  if (plain === null) return raw;
  return isNegativeZero(raw) ? `-${plain}` : plain;
}

function note(column: JsonColumn, value: JsonValue): void {
  if (typeof value === "number") return;
  const raw = String(value);
  if (isNegativeZero(raw)) column.negativeZeros++;
  else if (!isShortestDouble(raw)) column.notDoubles++;
}

/** `5.0` counts as the digits of 5: most programs write a double so. */
function isShortestDouble(raw: string): boolean {
  const double = Number(raw);
  if (String(double) === raw) return true;
  if (!Number.isFinite(double)) return false;
  return canonicalDecimal(raw)?.replace(/\.0$/, "") === canonicalDecimal(String(double));
}

function noteText(column: JsonColumn, text: string): void {
  if (column.texts++ > 0 && column.layout === null) return;
  const layout = text.length >= 10 && text.length <= 32 ? layoutOf(text) : null;
  if (column.texts === 1 || layout === null || column.layout === null) column.layout = layout;
  else if (layout !== column.layout) column.layout = commonLayout([column.layout, layout]);
}
