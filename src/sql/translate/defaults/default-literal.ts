/** A literal as a column's default: what SQLite would store, written as the column's encoding does. */
import { quoteLiteral } from "../../../core/quote.ts";
import { isWritten } from "../../../core/values/date-layout.ts";
import type { BooleanLiteral, Encoding } from "../../../core/values/encoding.ts";
import type { Expression } from "../../parse/ast.ts";
import { refuse } from "../translation.ts";
import { constantNumber, numberOf } from "./constant-number.ts";
import type { DefaultColumn } from "./default-column.ts";

type Stored =
  | { readonly class: "integer"; readonly value: bigint }
  | { readonly class: "real"; readonly value: number }
  | { readonly class: "text"; readonly value: string }
  | { readonly class: "blob"; readonly value: string };

/** Null when the default is not a literal. */
export function literalDefault(node: Expression, column: DefaultColumn): string | null {
  const literal = literalOf(node);
  if (literal === "NULL") return "NULL";
  return literal === null ? null : encoded(withAffinity(literal, column), column);
}

function literalOf(node: Expression): Stored | "NULL" | null {
  if (node.kind === "null") return "NULL";
  if (node.kind === "string") return { class: "text", value: node.value };
  if (node.kind === "blob") return { class: "blob", value: node.hex };
  const number = constantNumber(node);
  if (typeof number === "bigint") return { class: "integer", value: number };
  return typeof number === "number" ? { class: "real", value: number } : number;
}

/** https://sqlite.org/datatype3.html, section 3. */
function withAffinity(literal: Stored, { affinity }: DefaultColumn): Stored {
  if (literal.class === "blob" || affinity === "BLOB" || affinity === null) return literal;
  if (affinity === "TEXT") {
    if (literal.class === "text") return literal;
    return { class: "text", value: literal.class === "integer" ? String(literal.value) : realText(literal.value) };
  }
  const number = literal.class === "text" ? numberInText(literal.value) : literal;
  if (number === null) return literal;
  // In a REAL column SQLite keeps whole numbers as integers, which have no -0.
  if (affinity === "REAL") return { class: "real", value: Number(number.value) + 0 };
  const whole = number.class === "real" && Number.isInteger(number.value) && Math.abs(number.value) < 2 ** 63;
  return whole ? { class: "integer", value: BigInt(number.value) } : number;
}

function numberInText(text: string): Extract<Stored, { class: "integer" | "real" }> | null {
  const trimmed = text.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, "");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed)) return null;
  const value = numberOf(trimmed.replace(/^[+-]/, ""), trimmed.startsWith("-"));
  return typeof value === "bigint" ? { class: "integer", value } : { class: "real", value };
}

/** SQLite writes 15 significant digits, and always a fraction. */
function realText(value: number): string {
  const digits = String(value);
  if (!/^-?\d{1,10}(\.\d{1,4})?$/.test(digits)) return refuse("a REAL as the default of a text column");
  return digits.includes(".") ? digits : `${digits}.0`;
}

function encoded(stored: Stored, column: DefaultColumn): string {
  const { encoding, pgType } = column;
  const misfit = (): never => refuse(`the default ${shown(stored)} in a column of type ${pgType}`);
  switch (encoding.kind) {
    case "integer":
      return stored.class === "integer" && fits(stored.value, encoding.width) ? String(stored.value) : misfit();
    case "real":
      return stored.class === "real"
        ? real(stored.value)
        : stored.class === "integer"
          ? String(stored.value)
          : misfit();
    case "numeric":
      return stored.class === "real" && isDecimal(stored.value)
        ? withFraction(stored.value)
        : stored.class === "integer"
          ? String(stored.value)
          : misfit();
    case "text":
      return stored.class === "text" ? text(stored.value) : misfit();
    case "rendered":
      if (stored.class === "text") return text(stored.value);
      return stored.class === "integer"
        ? quoteLiteral(String(stored.value))
        : stored.class === "real" && isDecimal(stored.value)
          ? quoteLiteral(withFraction(stored.value))
          : misfit();
    case "bytes":
      return stored.class === "blob" ? `'\\x${stored.value}'::bytea` : misfit();
    case "text-bytes":
      return stored.class === "text" ? `'\\x${Buffer.from(stored.value).toString("hex")}'::bytea` : misfit();
    case "boolean":
      return same(encoding.true, stored) ? "TRUE" : same(encoding.false, stored) ? "FALSE" : misfit();
    case "date":
    case "timestamp":
    case "timestamptz":
      return stored.class === "text" && isWritten(stored.value, encoding.layout)
        ? quoteLiteral(stored.value)
        : misfit();
    case "json":
      return stored.class === "text" && isJson(stored.value) ? `${quoteLiteral(stored.value)}::jsonb` : misfit();
    case "literal":
      return stored.class === "text" ? `${text(stored.value)}::${encoding.type}` : misfit();
    case "epoch":
      return (stored.class === "integer" ? instantOf(stored.value, encoding) : null) ?? misfit();
    case "tagged":
      return misfit();
    case "live":
      // The probe tries whether the type reads it.
      return stored.class === "text" ? `${text(stored.value)}::${pgType}` : misfit();
  }
}

/** Null outside the years 1 to 9999. */
function instantOf(value: bigint, { unit, zoned }: Extract<Encoding, { kind: "epoch" }>): string | null {
  const micros = value * { seconds: 1_000_000n, milliseconds: 1000n, microseconds: 1n }[unit];
  const fraction = ((micros % 1000n) + 1000n) % 1000n;
  const date = new Date(Number((micros - fraction) / 1000n));
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) return null;
  const digits = `${date.toISOString().slice(0, -1).replace("T", " ")}${String(fraction).padStart(3, "0")}`;
  const text = `'${digits.replace(/\.?0*$/, "")}${zoned ? "+00" : ""}'`;
  return zoned ? `${text}::timestamptz` : `${text}::timestamp`;
}

function fits(value: bigint, width: 2 | 4 | 8): boolean {
  return BigInt.asIntN(width * 8, value) === value;
}

function real(value: number): string {
  return Number.isFinite(value) && !Object.is(value, -0)
    ? String(value)
    : `'${Object.is(value, -0) ? "-0" : value}'::float8`;
}

/** PostgreSQL's numeric has no -0. */
function isDecimal(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

function withFraction(value: number): string {
  const digits = String(value);
  return /[.e]/.test(digits) ? digits : `${digits}.0`;
}

function text(value: string): string {
  return value.includes("\0") ? refuse("a default with U+0000") : quoteLiteral(value);
}

function same(literal: BooleanLiteral, stored: Stored): boolean {
  if ("integer" in literal) return stored.class === "integer" && stored.value === BigInt(literal.integer);
  return stored.class === "text" && stored.value === literal.text;
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return !/\\u0000/.test(value);
  } catch {
    return false;
  }
}

function shown(stored: Stored): string {
  return stored.class === "blob"
    ? `x'${stored.value}'`
    : stored.class === "text"
      ? quoteLiteral(stored.value)
      : String(stored.value);
}
