/** How the cells of two columns of one name are compared. */

import type { Value } from "../core/plan/transform.ts";
import type { Column, Table } from "../core/schema/catalog.ts";
import { declaredKind } from "../core/schema/declared-type.ts";
import { epochPower } from "./instants.ts";
import {
  arrayToken,
  booleanToken,
  contentToken,
  instantToken,
  jsonToken,
  numberToken,
  paddedToken,
  taggedToken,
  textToken,
  uuidToken,
} from "./meanings.ts";
import { spelledMeaning } from "./spelled-types.ts";
import type { Store } from "./store.ts";
import { exactToken, plainToken, sameCell, type Token } from "./tokens.ts";

export type ColumnPair = {
  readonly a: Column;
  readonly b: Column;
  /** What the meaning is, for the report; null = exact. */
  readonly as: string | null;
  readonly tokenA: Token;
  readonly tokenB: Token;
  readonly same: (a: Value, b: Value) => boolean;
};

export type PlacedColumn = { readonly store: Store; readonly table: Table; readonly column: Column };

export function columnPair(a: PlacedColumn, b: PlacedColumn, mode: "exact" | "in meaning"): ColumnPair {
  const meaning = mode === "exact" ? null : meaningOf(a, b);
  const tokenA = meaning?.a ?? exactToken;
  const tokenB = meaning?.b ?? exactToken;
  const byToken = (x: Value, y: Value): boolean => tokenA(x) === tokenB(y);
  return {
    a: a.column,
    b: b.column,
    as: meaning?.as ?? null,
    tokenA,
    tokenB,
    same: meaning === null ? sameCell : tokenA === tokenB ? (x, y) => sameCell(x, y) || byToken(x, y) : byToken,
  };
}

type Meaning = { readonly as: string; readonly a: Token; readonly b: Token };

/** What a column's values are meant to be, of whatever class they are. `float` is a number that has a −0. */
type Kind =
  | "number"
  | "float"
  | "boolean"
  | "bytes"
  | "json"
  | "instant"
  | "uuid"
  | "padded"
  | "spelled"
  | "text"
  | "array"
  | "plain";

function meaningOf(a: PlacedColumn, b: PlacedColumn): Meaning {
  const kinds = kindsOf(a.column, b.column);
  const either = (...wanted: readonly Kind[]): boolean => kinds.some((kind) => wanted.includes(kind));
  const alike = (as: string, token: Token): Meaning => ({ as, a: token, b: token });
  if (either("bytes")) return alike("bytes", contentToken);
  if (either("array")) return alike("array", arrayToken(itemToken(a.column, b.column)));
  if (either("json")) return taggedMeaning(a, b) ?? alike("json", jsonToken);
  if (either("instant")) return instants(a, b);
  if (either("boolean")) return alike("boolean", booleanToken);
  if (either("number", "float")) return alike("number", numberToken(!either("number") && either("float")));
  if (either("uuid")) return alike("uuid", uuidToken);
  if (either("spelled")) return spelled(a.column, b.column);
  if (either("padded")) return alike("text without padding", paddedToken);
  if (either("text")) return alike("text", textToken);
  return alike("number, text or bytes", plainToken);
}

/** Where one side has a PostgreSQL type, that type decides how the other's values are read, whatever their declared type. */
function kindsOf(a: Column, b: Column): readonly Kind[] {
  if (a.pgType !== undefined && b.pgType === undefined) return [pgKind(a.pgType)];
  if (b.pgType !== undefined && a.pgType === undefined) return [pgKind(b.pgType)];
  return [kindOf(a), kindOf(b)];
}

function kindOf(column: Column): Kind {
  if (column.pgType !== undefined) return pgKind(column.pgType);
  switch (declaredKind(column.declaredType)) {
    case "boolean":
      return "boolean";
    case "date":
      return "instant";
    case "json":
      return "json";
    default:
      return "plain";
  }
}

function pgKind(type: string): Kind {
  const name = type.toLowerCase().replace(/^pg_catalog\./, "");
  if (name.endsWith("[]")) return "array";
  if (/^(smallint|integer|bigint|int[248]?|oid|numeric|decimal)\b/.test(name)) return "number";
  if (/^(real|double precision|float[48]?)\b/.test(name)) return "float";
  if (/^bool(ean)?$/.test(name)) return "boolean";
  if (name === "bytea") return "bytes";
  if (/^jsonb?$/.test(name)) return "json";
  if (/^(date|timestamp|timestamptz)\b/.test(name)) return "instant";
  if (name === "uuid") return "uuid";
  if (/^(character|char|bpchar)(\(|$)/.test(name)) return "padded";
  return spelledMeaning(name) === null ? "text" : "spelled";
}

function spelled(...columns: readonly Column[]): Meaning {
  const found = columns.map(({ pgType }) => (pgType === undefined ? null : spelledMeaning(pgType)));
  const [as, token] = found.find((meaning) => meaning !== null) ?? ["text", textToken];
  return { as, a: token, b: token };
}

/** The items of an array go by the type that says most about them. */
function itemToken(...columns: readonly Column[]): Token {
  const kinds = columns.filter((column) => column.pgType?.endsWith("[]")).map((column) => pgKind(itemType(column)));
  switch (kinds.find((kind) => kind !== "text") ?? "text") {
    case "number":
      return numberToken(false);
    case "float":
      return numberToken(true);
    case "boolean":
      return booleanToken;
    case "instant":
      return instantToken(null);
    case "json":
      return jsonToken;
    case "uuid":
      return uuidToken;
    case "spelled":
      return spelled(...columns.map((column) => ({ ...column, pgType: itemType(column) }))).a;
    default:
      return textToken;
  }
}

function itemType(column: Column): string {
  return (column.pgType ?? "").replace(/(\[\])+$/, "");
}

/**
 * Columns of mixed classes arrive as jsonb `{"t", "v"}`. That is so when every value of the one column has that form and
 * no text of the other has, and then classes are compared too.
 */
function taggedMeaning(a: PlacedColumn, b: PlacedColumn): Meaning | null {
  if (isTagged(b, a)) return { as: "tagged class and value", a: exactToken, b: taggedToken };
  if (isTagged(a, b)) return { as: "tagged class and value", a: taggedToken, b: exactToken };
  return null;
}

function isTagged(jsonb: PlacedColumn, cells: PlacedColumn): boolean {
  if (jsonb.column.pgType?.toLowerCase() !== "jsonb" || cells.column.pgType !== undefined) return false;
  const form = `typeof($c) = 'text' AND $c GLOB '{"t": "*", "v": "*"}'`;
  const some = ({ store, table, column }: PlacedColumn, condition: string): boolean =>
    store.ask(table, column.name, `SELECT 1 FROM $t WHERE ${condition} LIMIT 1`) !== undefined;
  return some(jsonb, "$c IS NOT NULL") && !some(jsonb, `$c IS NOT NULL AND NOT (${form})`) && !some(cells, form);
}

/** Numbers on one side and PostgreSQL's instants on the other are an epoch; elsewhere numbers are numbers. */
function instants(a: PlacedColumn, b: PlacedColumn): Meaning {
  const power = epoch(a, b) ?? epoch(b, a);
  const token = instantToken(power);
  return { as: power === null ? "instant" : `instant (numbers as ${units[power]} since 1970)`, a: token, b: token };
}

const units: Readonly<Record<number, string>> = { 6: "seconds", 3: "milliseconds", 0: "microseconds" };

function epoch(numbers: PlacedColumn, texts: PlacedColumn): number | null {
  if (numbers.column.pgType !== undefined || texts.column.pgType === undefined) return null;
  if (pgKind(texts.column.pgType) !== "instant") return null;
  const extremes = "SELECT min($c), max($c) FROM $t WHERE";
  const found = numbers.store.ask(numbers.table, numbers.column.name, `${extremes} typeof($c) IN ('integer', 'real')`);
  if (found === undefined || found[0] === null) return null;
  const others = texts.store.ask(texts.table, texts.column.name, `${extremes} $c GLOB '[0-9]*' AND $c NOT GLOB '* BC'`);
  return epochPower(found as Value[], (others ?? []) as Value[]);
}
