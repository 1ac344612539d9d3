/** A piece of PostgreSQL's SQL, with what is known of its value. */
import { quoteLiteral } from "../../core/quote.ts";
import type { Affinity } from "../../core/schema/catalog.ts";
import type { Encoding } from "../../core/values/encoding.ts";
import type { ValueType } from "./value-type.ts";

export type Fragment = {
  readonly sql: string;
  /** Whether it may stand beside any operator without parentheses. */
  readonly atom: boolean;
  readonly type: ValueType;
  readonly pgType: string;
  /** SQLite's affinity: columns and CASTs have one, other expressions none. */
  readonly affinity: Affinity | null;
  /** Upper case; null where neither a column nor COLLATE gives one. */
  readonly collation: string | null;
  /** By COLLATE, which goes before a column's own. */
  readonly collated: boolean;
  /** A literal's digits or text. */
  readonly literal: string | null;
  /** The column's, when this is one. */
  readonly encoding: Encoding | null;
  /** A truth value: boolean here, but 0 or 1 in SQLite. */
  readonly logic: boolean;
  /** A text that is known to be digits only, or a date. */
  readonly looks: "digits" | "date" | null;
};

export function fragment(sql: string, type: ValueType, more: Partial<Fragment> = {}): Fragment {
  return {
    sql,
    atom: false,
    type,
    pgType: defaultPgType[type],
    affinity: null,
    collation: null,
    collated: false,
    literal: null,
    encoding: null,
    logic: false,
    looks: null,
    ...more,
  };
}

/** `name(arguments)`. */
export function invoke(name: string, args: readonly string[], type: ValueType, more: Partial<Fragment> = {}): Fragment {
  return fragment(`${name}(${args.join(", ")})`, type, { atom: true, ...more });
}

export function infix(op: string, left: Fragment, right: Fragment, type: ValueType): Fragment {
  return fragment(`${wrap(left)} ${op} ${wrap(right)}`, type, { logic: type === "boolean" });
}

export function logic(sql: string): Fragment {
  return fragment(sql, "boolean", { logic: true });
}

export function wrap(piece: Fragment): string {
  return piece.atom ? piece.sql : `(${piece.sql})`;
}

/** `piece::pgType`; the value stays, so what is known of it does too. */
export function cast(piece: Fragment, pgType: string, type: ValueType = piece.type): Fragment {
  return {
    ...piece,
    sql: `${wrap(piece)}::${pgType}`,
    atom: true,
    type,
    pgType,
    literal: null,
    encoding: null,
    logic: false,
  };
}

export function textLiteral(value: string): Fragment {
  return fragment(quoteLiteral(value), "text", { atom: true, literal: value });
}

export function integerLiteral(value: bigint): Fragment {
  const pgType = value >= -2147483648n && value <= 2147483647n ? "integer" : "bigint";
  return fragment(String(value), "integer", { atom: value >= 0n, literal: String(value), pgType });
}

export function realLiteral(value: number): Fragment {
  if (!Number.isFinite(value)) return fragment(`'${value}'::float8`, "real", { atom: true });
  const digits = Object.is(value, -0) ? "-0.0" : String(value);
  const sql = value < 0 || digits.startsWith("-") ? `'${digits}'::float8` : `${digits}::float8`;
  return fragment(sql, "real", { atom: true, literal: digits });
}

const defaultPgType: Readonly<Record<ValueType, string>> = {
  integer: "bigint",
  real: "double precision",
  numeric: "double precision",
  text: "text",
  blob: "bytea",
  boolean: "boolean",
  date: "date",
  timestamp: "timestamp",
  timestamptz: "timestamptz",
  json: "jsonb",
  null: "text",
  other: "text",
};

export const nullLiteral: Fragment = fragment("NULL", "null", { atom: true });
