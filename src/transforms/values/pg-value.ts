/**
 * A value as a cell of a PostgreSQL type: what the type's output function would write, or a refusal. Parity compares
 * it with what PostgreSQL prints, so `numeric(10,2)` has its two digits, and nothing is left to be rounded or cut.
 */
import type { Value } from "../../core/plan/transform.ts";
import { arrayElements, arrayLiteral } from "./array-literal.ts";
import { castOfPgType, castValue } from "./cast-value.ts";
import { refuse } from "./refuse.ts";

export function valueOfPgType(value: Value, pgType: string, column: string): Value {
  if (value === null) return null;
  const type = castOfPgType(pgType);
  if (type !== undefined) return withinModifier(castValue(value, type, column), pgType, column);
  if (pgType === "bytea")
    return value instanceof Uint8Array ? value : refuse(column, value, "bytes belong here, for the column is bytea");
  if (pgType === "double precision" && typeof value === "number") return doubleText(value);
  if (typeof value !== "string") return refuse(column, value, `a text as ${pgType} writes it belongs here`);
  if (pgType === "text[]") return listText(value, column);
  return withinLength(value, pgType, column);
}

/** The text itself; refused when it is longer than the type allows. */
export function withinLength(text: string, pgType: string | undefined, column: string): string {
  const limit =
    pgType === undefined ? null : /^(?:character varying|varchar|character|char|bpchar)\((\d+)\)$/.exec(pgType);
  if (limit === null || text.length <= Number(limit[1]) || [...text].length <= Number(limit[1])) return text;
  return refuse(
    column,
    text,
    `it is longer than ${pgType} allows`,
    "Make the column text first: `cast: { columns: { … : text } }`",
  );
}

function withinModifier(value: Value, pgType: string, column: string): Value {
  if (typeof value === "bigint")
    return pgType === "smallint" && BigInt.asIntN(16, value) !== value
      ? refuse(column, value, "the value is no smallint")
      : value;
  if (typeof value !== "string") return value;
  const [, first, second] = /\((\d+)(?:,(\d+))?\)/.exec(pgType) ?? [];
  if (first === undefined) return value;
  if (/^numeric/.test(pgType)) return withScale(value, Number(first), Number(second ?? 0), pgType, column);
  const fraction = /\.(\d+)/.exec(value)?.[1] ?? "";
  return fraction.length > Number(first) ? refuse(column, value, `${pgType} would round it`) : value;
}

function withScale(plain: string, precision: number, scale: number, pgType: string, column: string): string {
  if (!/^-?\d+(\.\d+)?$/.test(plain)) return plain;
  const [whole = "", given = ""] = plain.split(".");
  const fraction = given.slice(scale).replaceAll("0", "") === "" ? given.slice(0, scale).padEnd(scale, "0") : null;
  const digits = whole.replace(/^-?0*/, "").length;
  if (fraction === null || digits > precision - scale) return refuse(column, plain, `the value does not fit ${pgType}`);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

function listText(text: string, column: string): string {
  const elements = arrayElements(text);
  if (elements === null || arrayLiteral(elements, column) !== text)
    return refuse(column, text, 'it is no list as PostgreSQL writes one, such as {a,"b c"}');
  return text;
}

/** Shortest digits, with an exponent where PostgreSQL has one (https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-FLOAT). */
function doubleText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return "-0";
  const [digits = "", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  // JavaScript writes these without an exponent as well.
  if (exponent >= -4 && exponent < 15) return String(value);
  return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
