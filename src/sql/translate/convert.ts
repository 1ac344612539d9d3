/** Fragments as the kind of value a place needs: a condition, a number, a text. Refuses where SQLite's rule has no equal. */
import { quoteLiteral } from "../../core/quote.ts";
import { layoutParts } from "../../core/values/date-layout.ts";
import { refuseCommon } from "./common-dates.ts";
import { cast, type Fragment, fragment, invoke, logic, nullLiteral, textLiteral, wrap } from "./fragment.ts";
import { refuse } from "./translation.ts";
import { commonType, isDate, type ValueType } from "./value-type.ts";

/** For WHERE, AND, CHECK …: SQLite takes every number but 0 for true. */
export function asCondition(piece: Fragment): Fragment {
  if (piece.type === "null") return cast(nullLiteral, "boolean", "boolean");
  if (piece.type === "boolean" && spellings(piece) === null) return piece;
  if (piece.literal !== null && piece.type === "integer") return logic(piece.literal === "0" ? "FALSE" : "TRUE");
  if (piece.type === "integer" || piece.type === "real" || piece.type === "numeric")
    return logic(`${wrap(piece)} <> 0`);
  return refuse(`a value of type ${piece.type} used as a condition`);
}

/** For anywhere a value is shown or passed on: a truth value is 0 or 1. */
export function asValue(piece: Fragment): Fragment {
  return piece.logic ? cast(piece, "int", "integer") : piece;
}

export function asNumber(piece: Fragment, use: string): Fragment {
  if (piece.type === "boolean" && spellings(piece) === null) return cast(piece, "int", "integer");
  if (["integer", "real", "numeric", "null"].includes(piece.type)) return piece;
  return refuse(`${use} on a value of type ${piece.type}`);
}

/** A 64-bit integer, as SQLite's are: so that sums of smaller columns do not overflow. */
export function asBigint(piece: Fragment): Fragment {
  const number = asValue(piece);
  if (number.type === "boolean") return cast(number, "int", "integer");
  return number.pgType === "bigint" || number.literal !== null ? number : cast(number, "bigint", "integer");
}

export function asReal(piece: Fragment): Fragment {
  if (piece.type === "boolean") return cast(cast(piece, "int", "integer"), "float8", "real");
  return piece.type === "real" || piece.pgType === "double precision" ? piece : cast(piece, "float8", "real");
}

/** The text SQLite would have. REAL has none that is sure: SQLite writes 15 digits. */
export function asText(piece: Fragment): Fragment {
  const layout = piece.encoding && "layout" in piece.encoding ? piece.encoding.layout : null;
  const spelled = spellings(piece);
  if (piece.type === "text") return piece;
  if (piece.type === "null") return cast(nullLiteral, "text", "text");
  if (piece.type === "integer")
    return piece.literal !== null ? textLiteral(piece.literal) : { ...cast(piece, "text", "text"), looks: "digits" };
  if (isDate(piece.type) && layout !== null) return dateText(piece, layout);
  if (spelled !== null) {
    const sql = `CASE ${piece.sql} WHEN TRUE THEN ${quoteLiteral(spelled.true)} WHEN FALSE THEN ${quoteLiteral(spelled.false)} END`;
    return { ...fragment(`(${sql})`, "text", { atom: true }), affinity: piece.affinity, collation: piece.collation };
  }
  if (piece.type === "boolean") return { ...cast(cast(piece, "int"), "text", "text"), looks: "digits" };
  return refuse(`a value of type ${piece.type} used as text`);
}

/** A boolean column whose source holds texts. */
export function spellings(piece: Fragment): { true: string; false: string } | null {
  const { encoding } = piece;
  if (encoding?.kind !== "boolean") return null;
  return "text" in encoding.true && "text" in encoding.false
    ? { true: encoding.true.text, false: encoding.false.text }
    : null;
}

/** An integer column with values that a double does not hold exactly. */
export function isWide(piece: Fragment): boolean {
  return piece.encoding?.kind === "integer" && piece.encoding.wide;
}

/** All of one type, for CASE, coalesce, UNION …. */
export function unify(pieces: readonly Fragment[], use: string): Fragment[] {
  const values = pieces.map(asValue);
  let type: ValueType = "null";
  for (const piece of values)
    type = commonType(type, piece.type) ?? refuse(`${use} of ${type} and ${piece.type} values`);
  if (type === "numeric" && values.some(isWide)) refuse(`${use} of integers beyond 2^53 and reals`);
  const known = values.filter((piece) => piece.type !== "null");
  const first = known[0];
  const same = known.every((piece) => JSON.stringify(piece.encoding) === JSON.stringify(first?.encoding));
  if (
    (isDate(type) || type === "boolean") &&
    !same &&
    !(type === "boolean" && known.every((p) => spellings(p) === null))
  )
    type = "text";
  return values.map((piece) => (piece.type === "null" ? piece : { ...to(piece, type), type }));
}

/** A value picked from several: of their type, but with no affinity and no longer a column's. */
export function resultOf(sql: string, values: readonly Fragment[]): Fragment {
  const kinds = values.filter((value) => value.type !== "null");
  const [first = nullLiteral] = kinds;
  const real = kinds.find((value) => value.pgType === "double precision" || value.pgType === "float8");
  const wide = kinds.find((value) => value.pgType !== first.pgType) ? "bigint" : first.pgType;
  const pgType = real ? "double precision" : first.type === "integer" ? wide : first.pgType;
  return fragment(`(${sql})`, first.type, {
    atom: true,
    pgType,
    encoding: keepsEncoding(first) ? first.encoding : null,
  });
}

/** Dates and booleans are read by their encoding; anything else a computed value no longer has. */
function keepsEncoding(piece: Fragment): boolean {
  return isDate(piece.type) || piece.type === "boolean";
}

function to(piece: Fragment, type: ValueType): Fragment {
  if (piece.type === type) return piece;
  if (type === "text") return asText(piece);
  return type === "integer" ? asNumber(piece, "a number") : asReal(piece);
}

/** The source's own text of a date: a layout is its own picture, and so is to_char's. */
function dateText(piece: Fragment, layout: string): Fragment {
  refuseCommon(piece, "the text of");
  const { time, separator, seconds, fraction, zone } = layoutParts(layout);
  const clock = time ? `${separator === "T" ? '"T"' : " "}HH24:MI${seconds ? ":SS" : ""}` : "";
  const digits = fraction > 0 ? `.FF${fraction}` : "";
  const format = `YYYY-MM-DD${clock}${digits}${zone === "" ? "" : `"${zone}"`}`;
  if (piece.type !== "timestamptz" && zone !== "") return refuse("a date with a zone used as text");
  const local =
    piece.type !== "timestamptz"
      ? piece.sql
      : zone === "Z"
        ? `timezone('UTC', ${piece.sql})`
        : `timezone(INTERVAL '${zone}', ${piece.sql})`;
  const { affinity, collation, collated } = piece;
  return invoke("to_char", [local, quoteLiteral(format)], "text", { affinity, collation, collated, looks: "date" });
}
