/**
 * From a type of the plan to that of the live column: how the value is written, and
 * what must hold so that nothing of it was lost. A cast in SQL cuts and rounds without
 * a word (varchar(20), numeric(10,2), date), so every cast that could has its question.
 */
import { isPlainDate, isPlainNumber, readsBack, writesNoKeyTwice } from "./plain-text.ts";

/** `type` as a cast writes it; `base` without modifier and domain. */
export type NamedType = { readonly type: string; readonly base: string };

export type Conversion = {
  cast(value: string): string;
  /** A condition that is false when the cast lost something; null when it cannot. */
  readonly kept: ((value: string) => string) | null;
};

/** Null when the value would have to be guessed. */
export function conversion(from: NamedType, to: NamedType): Conversion | null {
  if (from.type === to.type) return { cast: (value) => value, kept: null };
  const cast = castOf(kindOf(from.base), kindOf(to.base), from, to);
  if (cast === null) return null;
  const same = from.base === to.base && to.type === to.base;
  return { cast, kept: same ? null : keptOf(kindOf(from.base), kindOf(to.base), to, cast) };
}

type Kind = "integer" | "numeric" | "float" | "boolean" | "text" | "bytes" | "json" | "date" | "other";
type Expression = (value: string) => string;

const kinds: Readonly<Record<string, Kind>> = {
  smallint: "integer",
  integer: "integer",
  bigint: "integer",
  numeric: "numeric",
  real: "float",
  "double precision": "float",
  boolean: "boolean",
  text: "text",
  "character varying": "text",
  character: "text",
  bpchar: "text",
  name: "text",
  bytea: "bytes",
  json: "json",
  jsonb: "json",
  date: "date",
  "timestamp without time zone": "date",
  "timestamp with time zone": "date",
};

function kindOf(base: string): Kind {
  return kinds[base] ?? (/(^|\.)"?citext"?$/.test(base) ? "text" : "other");
}

function isNumber(kind: Kind): boolean {
  return kind === "integer" || kind === "numeric" || kind === "float";
}

function castOf(a: Kind, b: Kind, from: NamedType, to: NamedType): Expression | null {
  const plain: Expression = (value) => `(${value})::${to.type}`;
  // By way of the text: float8 to numeric would keep 15 digits, and types of other schemas know no cast.
  const written: Expression = (value) => `(${value})::text::${to.type}`;
  if (from.base === to.base) return plain;
  if (a === "bytes" || b === "bytes") return null;
  if (b === "text") return a === "text" ? plain : written;
  if (a === "text") return plain;
  if (isNumber(a) && isNumber(b)) return a === "float" && b === "numeric" ? written : plain;
  if ((a === "boolean" && isNumber(b)) || (isNumber(a) && b === "boolean"))
    return (value) => `(${value})::integer::${to.type}`;
  if ((a === "date" && b === "date") || (a === "json" && b === "json")) return plain;
  return a === "other" && b === "other" ? written : null;
}

function keptOf(a: Kind, b: Kind, to: NamedType, cast: Expression): Expression | null {
  const equal = (left: Expression, right: Expression): Expression => {
    return (value) => `${left(value)} IS NOT DISTINCT FROM ${right(value)}`;
  };
  const as =
    (type: string, of: Expression = (value) => `(${value})`): Expression =>
    (value) =>
      `${of(value)}::${type}`;
  const digits = (kind: Kind, of?: Expression): Expression => {
    const value =
      kind === "float" ? as("text", of) : kind === "boolean" ? as("integer", of) : (of ?? ((v) => `(${v})`));
    return as("numeric", value);
  };
  const both = (one: Expression, other: Expression): Expression => {
    return (value) => `${one(value)} AND ${other(value)}`;
  };
  if (isNumber(a) || isNumber(b)) {
    if (b === "text") return to.type === "text" ? null : equal(as("text", cast), as("text"));
    // The shortest digits of 0.1 are the same in four bytes as in eight, the value is not.
    if (a === "float" && b === "float") return equal(as("double precision", cast), as("double precision"));
    const same = equal(digits(b, cast), digits(a));
    if (a === "text") return both(isPlainNumber, same);
    // Only a float has a zero below zero.
    return a === "float" ? both((value) => `(${value})::text <> '-0'`, same) : same;
  }
  if (b === "date") {
    const same = equal(as("timestamptz", cast), as("timestamptz"));
    return a === "text" ? both(isPlainDate, same) : same;
  }
  if (b === "text") return to.type === "text" ? null : equal(as("text", cast), as("text"));
  if (b === "json") return to.base === "jsonb" ? writesNoKeyTwice : null;
  // Spellings of true and false are one value.
  if (a === "text" && b !== "boolean") return readsBack(to.base, cast);
  if (a === "other") return equal(as("text", cast), as("text"));
  return null;
}
