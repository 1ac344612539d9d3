/** Types of values while translating: what SQLite would hold there, and what PostgreSQL does. */
import type { ScopeColumn } from "./scope.ts";

export type ValueType =
  | "integer"
  | "real"
  /** INTEGER or REAL, by value. */
  | "numeric"
  | "text"
  | "blob"
  | "boolean"
  | "date"
  | "timestamp"
  | "timestamptz"
  | "json"
  /** The literal NULL. */
  | "null"
  /** May be shown and tested for NULL, nothing else. */
  | "other";

const byKind: Readonly<Record<ScopeColumn["encoding"]["kind"], ValueType>> = {
  integer: "integer",
  real: "real",
  numeric: "numeric",
  text: "text",
  rendered: "other",
  bytes: "blob",
  "text-bytes": "other",
  tagged: "other",
  boolean: "boolean",
  date: "date",
  timestamp: "timestamp",
  timestamptz: "timestamptz",
  epoch: "other",
  json: "json",
  literal: "other",
  live: "other",
};

const pgTypes: Readonly<Partial<Record<ValueType, RegExp>>> = {
  integer: /^(smallint|integer|bigint|int[248]?)$/,
  real: /^(double precision|float8)$/,
  numeric: /^(numeric|decimal|double precision|float8)\b/,
  text: /^(text|varchar|character varying|char|character)\b(?!.*\[\])/,
  blob: /^bytea$/,
  boolean: /^bool(ean)?$/,
};

/** A column whose target type is not what its encoding implies (someone chose another) is `other`. */
export function columnType(column: ScopeColumn): ValueType {
  const type = byKind[column.encoding.kind];
  const expected = pgTypes[type];
  return expected === undefined || expected.test(column.pgType.toLowerCase()) ? type : "other";
}

/** The type both sides of a CASE, coalesce or UNION take; null when there is none that keeps every value. */
export function commonType(a: ValueType, b: ValueType): ValueType | null {
  if (a === b || b === "null") return a;
  if (a === "null") return b;
  if (a === "other" || b === "other" || a === "json" || b === "json" || a === "blob" || b === "blob") return null;
  if (isNumber(a) && isNumber(b)) return a === "boolean" && b === "boolean" ? "boolean" : numberType(a, b);
  return isNumber(a) || isNumber(b) ? null : "text";
}

/** Numbers as SQLite sees them; a boolean is 0 or 1. */
export function isNumber(type: ValueType): boolean {
  return type === "integer" || type === "real" || type === "numeric" || type === "boolean";
}

export function isDate(type: ValueType): type is "date" | "timestamp" | "timestamptz" {
  return type === "date" || type === "timestamp" || type === "timestamptz";
}

function numberType(a: ValueType, b: ValueType): ValueType {
  const integers = [a, b].every((type) => type === "integer" || type === "boolean");
  return integers ? "integer" : "numeric";
}
