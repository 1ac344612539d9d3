/**
 * Comparisons. SQLite compares by storage class after applying affinities, and
 * by the collation of one side; here both sides are brought to a type and form
 * in which PostgreSQL gives the same answer, or the comparison is refused.
 */
import { quoteLiteral } from "../../core/quote.ts";
import { layoutOf } from "../../core/values/date-layout.ts";
import { refuseCommon } from "./common-dates.ts";
import { asText, asValue, isWide, spellings } from "./convert.ts";
import {
  cast,
  type Fragment,
  fragment,
  integerLiteral,
  invoke,
  logic,
  realLiteral,
  textLiteral,
  wrap,
} from "./fragment.ts";
import type { Scope } from "./scope.ts";
import { refuse } from "./translation.ts";
import { isDate, isNumber } from "./value-type.ts";

export type ComparisonOperator = "=" | "<>" | "<" | "<=" | ">" | ">=" | "IS" | "IS NOT";

/** The scope in which texts are put in an order; null where only equality is asked. */
export type Ordered = Scope | null;

export function compare(op: ComparisonOperator, left: Fragment, right: Fragment, scope: Scope): Fragment {
  const ordered = op.startsWith("<") && op !== "<>" ? true : op.startsWith(">");
  const [a, b] = align(left, right, ordered ? scope : null);
  const written = op === "IS" ? "IS NOT DISTINCT FROM" : op === "IS NOT" ? "IS DISTINCT FROM" : op;
  return logic(`${wrap(a)} ${written} ${wrap(b)}`);
}

/** Both sides in a comparable form. */
export function align(left: Fragment, right: Fragment, ordered: Ordered): [Fragment, Fragment] {
  if (left.type === "null" || right.type === "null") return [left, right];
  for (const { type } of [left, right])
    if (type === "other" || type === "json")
      refuse(`a comparison of a value whose ${type === "json" ? "JSON" : "mixed"} text is not kept`);
  if (left.type === "blob" && right.type === "blob") return [left, right];
  const leftNumber = isNumber(left.type) && spellings(left) === null;
  const rightNumber = isNumber(right.type) && spellings(right) === null;
  if (leftNumber && rightNumber) return numbers(left, right);
  if (left.type === "blob" || right.type === "blob") return refuse("a comparison of a BLOB with another type");
  if (leftNumber) return mixed(left, right, ordered, false);
  if (rightNumber) return mixed(right, left, ordered, true);
  return texts(left, right, ordered);
}

/** What ordering and grouping compare instead of the text itself. */
export function collate(piece: Fragment, collation: string, ordered: Ordered): Fragment {
  if (collation === "NOCASE") {
    if (piece.literal !== null) return textLiteral(lowerAscii(piece.literal));
    return invoke("lower", [`${wrap(piece)} COLLATE "C"`], "text");
  }
  if (collation === "RTRIM" && piece.literal !== null) return textLiteral(piece.literal.replace(/ +$/, ""));
  if (collation === "RTRIM") return withC(invoke("rtrim", [piece.sql, "' '"], "text"), ordered);
  if (collation !== "BINARY") return refuse(`the collation ${collation}`);
  if (ordered !== null) isOrderedByCodePoint(ordered);
  return piece.literal !== null ? piece : withC(piece, ordered);
}

export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** SQLite's BINARY compares a text's bytes as they are stored; its other collations read UTF-8 in any database. */
function isOrderedByCodePoint({ encoding = "UTF-8" }: Scope): void {
  if (encoding !== "UTF-8") refuse(`an order of texts, which in a ${encoding} database is that of its bytes`);
}

function withC(piece: Fragment, ordered: Ordered): Fragment {
  return ordered !== null ? fragment(`${wrap(piece)} COLLATE "C"`, "text", { literal: null }) : piece;
}

function numbers(left: Fragment, right: Fragment): [Fragment, Fragment] {
  if (left.type === "boolean" && right.type === "boolean") return [left, right];
  if (left.type === "boolean") return booleanAnd(left, right);
  if (right.type === "boolean") return swap(booleanAnd(right, left));
  const wide = isWide(left) || isWide(right);
  const real = [left, right].some((side) => side.type === "real" && side.literal === null);
  if (wide && real) return refuse("a comparison of integers beyond 2^53 with a REAL");
  return [exactLiteral(left, right), exactLiteral(right, left)];
}

function booleanAnd(truth: Fragment, other: Fragment): [Fragment, Fragment] {
  if (other.literal === "0" || other.literal === "1")
    return [
      truth,
      fragment(other.literal === "1" ? "TRUE" : "FALSE", "boolean", { atom: true, literal: other.literal }),
    ];
  return [cast(truth, "int", "integer"), other];
}

/** Beside an exact number a REAL literal stays decimal: nothing is rounded, and an index can serve it. */
function exactLiteral(side: Fragment, other: Fragment): Fragment {
  if (side.type !== "real" || side.literal === null || other.type === "real" || other.pgType === "double precision")
    return side;
  return { ...side, sql: side.literal, atom: !side.literal.startsWith("-") };
}

/** A number beside a text: SQLite converts one of them when the other's column has an affinity, else never equals them. */
function mixed(number: Fragment, text: Fragment, ordered: Ordered, swapped: boolean): [Fragment, Fragment] {
  const pair = convertOne(number, text, ordered);
  return swapped ? swap(pair) : pair;
}

function convertOne(number: Fragment, text: Fragment, ordered: Ordered): [Fragment, Fragment] {
  if (isNumericAffinity(number) && text.affinity === null && text.literal !== null) {
    const parsed = numberIn(text.literal);
    if (parsed === null) return refuse(`a comparison of a number with the text ${quoteLiteral(text.literal)}`);
    return numbers(number, parsed);
  }
  const plain = number.type === "integer" || number.logic;
  if (text.affinity === "TEXT" && number.affinity === null && plain)
    return texts(asText(asValue(number)), text, ordered);
  return refuse("a comparison of a number with a text");
}

function numberIn(text: string): Fragment | null {
  const trimmed = text.trim();
  if (/^[+-]?\d{1,18}$/.test(trimmed)) return integerLiteral(BigInt(trimmed.replace("+", "")));
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed) ? realLiteral(Number(trimmed)) : null;
}

function texts(left: Fragment, right: Fragment, ordered: Ordered): [Fragment, Fragment] {
  staysText(left, right, ordered);
  staysText(right, left, ordered);
  const typed = typedDates(left, right) ?? (ordered !== null ? null : spelledBoolean(left, right));
  if (typed !== null) return typed;
  const collation =
    (left.collated ? left.collation : null) ??
    (right.collated ? right.collation : null) ??
    left.collation ??
    right.collation ??
    "BINARY";
  const [a, b] = [asText(left), asText(right)];
  const sides: [Fragment, Fragment] = [collate(a, collation, ordered), collate(b, collation, null)];
  return a.literal !== null && ordered !== null ? [sides[0], collate(b, collation, ordered)] : sides;
}

/** A column with numeric affinity makes SQLite read the other side as a number where it looks like one. */
function staysText(column: Fragment, other: Fragment, ordered: Ordered): void {
  if (!isNumericAffinity(column) || isNumericAffinity(other)) return;
  const looksNumeric = other.literal !== null ? numberIn(other.literal) !== null : other.looks === "digits";
  const unknown = other.literal === null && other.looks === null && !isDate(other.type);
  if (looksNumeric || (ordered !== null && unknown))
    refuse("a comparison in which SQLite would read a text as a number");
}

function typedDates(left: Fragment, right: Fragment): [Fragment, Fragment] | null {
  const layout = layoutIn(left) ?? layoutIn(right);
  if (layout === null) return null;
  // As texts they order, and are equal, by how each is written.
  for (const piece of [left, right]) refuseCommon(piece, "a comparison of");
  const collated = left.collated || right.collated;
  if (isDate(left.type) && left.type === right.type && layoutIn(left) === layoutIn(right) && !collated)
    return [left, right];
  if (isDate(left.type) && right.literal !== null && layoutOf(right.literal) === layout)
    return [left, dateLiteral(left, right.literal)];
  if (isDate(right.type) && left.literal !== null && layoutOf(left.literal) === layout)
    return [dateLiteral(right, left.literal), right];
  return null;
}

function dateLiteral(column: Fragment, text: string): Fragment {
  return fragment(`${column.type.toUpperCase()} ${quoteLiteral(text)}`, column.type, { atom: true });
}

function layoutIn(piece: Fragment): string | null {
  return isDate(piece.type) && piece.encoding && "layout" in piece.encoding ? piece.encoding.layout : null;
}

function spelledBoolean(left: Fragment, right: Fragment): [Fragment, Fragment] | null {
  const column = spellings(left) ? left : right;
  const literal = (column === left ? right : left).literal;
  const spelled = spellings(column);
  if (spelled === null || literal === null || (column.collation ?? "BINARY") !== "BINARY") return null;
  if (literal !== spelled.true && literal !== spelled.false) return null;
  const value = fragment(literal === spelled.true ? "TRUE" : "FALSE", "boolean", { atom: true, literal });
  return column === left ? [left, value] : [value, right];
}

function isNumericAffinity(piece: Fragment): boolean {
  return piece.affinity === "INTEGER" || piece.affinity === "REAL" || piece.affinity === "NUMERIC";
}

function swap([a, b]: [Fragment, Fragment]): [Fragment, Fragment] {
  return [b, a];
}
