/** A value as another type's: the same value exactly, or a refusal. Never rounds, cuts or guesses. */

import type { ShapeColumn, Value } from "../../core/plan/transform.ts";
import { layoutOf, layoutParts } from "../../core/values/date-layout.ts";
import { jsonProblem } from "../../core/values/json-facts.ts";
import { realDigits } from "../../core/values/wire.ts";
import { textToTimestamp } from "../cells/cell-dates.ts";
import type { CastType } from "./cast-types.ts";
import { plainDecimal, withoutTrailingZeros } from "./decimal.ts";
import { refuse } from "./refuse.ts";
import { textOf } from "./text.ts";

export function castValue(value: Value, type: CastType, column: string): Value {
  if (value === null) return null;
  const result = casts[type](value, column);
  return result === undefined ? refuse(column, value, `the value is no ${type}`) : result;
}

/** What the column is called after the cast. REAL, TEXT and JSON are decided by the plan, like a source's own. */
export const castColumn: Readonly<Record<CastType, Pick<ShapeColumn, "declaredType" | "pgType">>> = {
  integer: { declaredType: "INTEGER", pgType: "integer" },
  bigint: { declaredType: "BIGINT", pgType: "bigint" },
  real: { declaredType: "REAL" },
  numeric: { declaredType: "NUMERIC", pgType: "numeric" },
  text: { declaredType: "TEXT" },
  boolean: { declaredType: "BOOLEAN", pgType: "boolean" },
  date: { declaredType: "DATE", pgType: "date" },
  timestamp: { declaredType: "TIMESTAMP", pgType: "timestamp" },
  timestamptz: { declaredType: "TIMESTAMPTZ", pgType: "timestamptz" },
  uuid: { declaredType: "UUID", pgType: "uuid" },
  jsonb: { declaredType: "JSON" },
};

/** The cast whose results are cells of that PostgreSQL type; undefined where there is none. */
export function castOfPgType(pgType: string): CastType | undefined {
  const base = pgType
    .replace(/\(.*\)/, "")
    .replace(" without time zone", "")
    .replace("timestamp with time zone", "timestamptz");
  if (base === "smallint") return "integer";
  return (["integer", "bigint", "numeric", "boolean", "date", "timestamp", "timestamptz", "uuid"] as const).find(
    (type) => type === base,
  );
}

/** Undefined: not that type's. */
type Cast = (value: Exclude<Value, null>, column: string) => Value | undefined;

const casts: Readonly<Record<CastType, Cast>> = {
  integer: (value, column) => whole(value, column, 32),
  bigint: (value, column) => whole(value, column, 64),
  real,
  numeric,
  text: (value, column) => (typeof value === "object" && "rawText" in value ? value : textOf(value, column)),
  boolean: truth,
  date: (value, column) => {
    const moment = timestampOf(value, column, false);
    return moment?.endsWith(" 00:00:00") ? moment.slice(0, 10) : undefined;
  },
  timestamp: (value, column) => timestampOf(value, column, false),
  timestamptz: (value, column) => {
    const moment = timestampOf(value, column, true);
    return moment === undefined ? undefined : `${moment}+00`;
  },
  uuid,
  jsonb: (value, column) => {
    const text = textOf(value, column) ?? "";
    if (typeof value !== "string") return Number.isFinite(Number(text)) ? text : undefined;
    const problem = jsonProblem(text);
    return problem === null ? text : refuse(column, value, `jsonb cannot hold this text: ${problem}`);
  },
};

function whole(value: Exclude<Value, null>, column: string, bits: number): bigint | undefined {
  if (Object.is(value, -0)) return undefined;
  const plain = plainDecimal(textOf(value, column) ?? "");
  const digits = plain === null ? "" : withoutTrailingZeros(plain);
  if (!/^-?\d{1,20}$/.test(digits)) return undefined;
  const integer = BigInt(digits);
  return BigInt.asIntN(bits, integer) === integer ? integer : undefined;
}

function real(value: Exclude<Value, null>, column: string): number | undefined {
  if (typeof value === "number") return value;
  const text = textOf(value, column) ?? "";
  const plain = plainDecimal(text);
  if (plain === null) return undefined;
  const nearest = Number(text);
  if (!Number.isFinite(nearest)) return undefined;
  // The double whose shortest digits these are; 2^53 + 1 and 0.10000000000000000001 have none.
  return typeof value === "bigint"
    ? BigInt(nearest) === value
      ? nearest
      : undefined
    : withoutTrailingZeros(plainDecimal(realDigits(nearest)) ?? "") === withoutTrailingZeros(plain)
      ? nearest
      : undefined;
}

function numeric(value: Exclude<Value, null>, column: string): string | undefined {
  if (Object.is(value, -0)) return undefined;
  if (typeof value === "number" && !Number.isFinite(value)) return realDigits(value);
  return plainDecimal(textOf(value, column) ?? "") ?? undefined;
}

function truth(value: Exclude<Value, null>, column: string): bigint | undefined {
  const text = (textOf(value, column) ?? "").trim().toLowerCase();
  if (["1", "1.0", "true", "t", "yes", "y", "on"].includes(text)) return 1n;
  return ["0", "0.0", "false", "f", "no", "n", "off"].includes(text) ? 0n : undefined;
}

/** A text in one of core's layouts. One without a zone is UTC where a zone is wanted; one with a zone has no place where none is. */
function timestampOf(value: Exclude<Value, null>, column: string, zoned: boolean): string | undefined {
  if (typeof value !== "string")
    return refuse(
      column,
      value,
      "the value is no date",
      "For numbers since 1970: `parse-date: { column, layout: epoch seconds }`",
    );
  if (value.length > longestDate) return undefined;
  // What PostgreSQL writes: a zone of hours alone.
  const text = value.trim().replace(/(\d{2}:\d{2}[^+-]*[+-]\d{2})$/, "$1:00");
  const layout = layoutOf(text);
  if (layout === null || (!zoned && layoutParts(layout).zone !== "")) return undefined;
  return textToTimestamp(text) ?? undefined;
}

/** Longer than any date, with room for white space; patterns need not look at a megabyte. */
const longestDate = 200;

function uuid(value: Exclude<Value, null>, column: string): string | undefined {
  const m = /^\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i.exec(
    value instanceof Uint8Array && value.length === 16
      ? Buffer.from(value).toString("hex")
      : (textOf(value, column) ?? "").trim(),
  );
  return m === null ? undefined : m.slice(1).join("-").toLowerCase();
}
