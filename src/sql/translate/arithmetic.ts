/** Arithmetic, bits and concatenation, with SQLite's 64-bit integers and its NULL for a division by zero. */
import type { BinaryOperator } from "../parse/ast.ts";
import { asBigint, asNumber, asReal, asText, asValue, isWide } from "./convert.ts";
import { type Fragment, fragment, infix, invoke, wrap } from "./fragment.ts";
import { refuse } from "./translation.ts";

export function arithmetic(op: BinaryOperator, left: Fragment, right: Fragment, notes: Set<string>): Fragment {
  const [a, b] = [asNumber(asValue(left), op), asNumber(asValue(right), op)];
  if (["&", "|", "<<", ">>"].includes(op)) return bits(op, a, b);
  const divides = op === "/" || op === "%";
  const bothIntegers = isInteger(a) && isInteger(b);
  if (bothIntegers && !divides && !(isNarrow(a) && isNarrow(b))) notes.add(overflow);
  if (bothIntegers) return infix(op, bigintBeside(a, b), divides ? nonZero(asBigint(b)) : asBigint(b), "integer");
  if (op === "%") return refuse("% on a REAL");
  if (divides && a.type !== "real" && b.type !== "real")
    return refuse("/ on a column of integers and reals: it truncates for some rows only");
  const [x, y] = [plainReal(a), plainReal(b)];
  const type = a.type === "real" || b.type === "real" ? "real" : "numeric";
  if (type === "numeric") {
    if (isWide(a) || isWide(b)) return refuse(`${op} on integers beyond 2^53 and a column of integers and reals`);
    notes.add(
      "columns of integers and reals are reckoned in double precision: an integer beyond 2^53 would be rounded",
    );
  }
  return { ...infix(op, x, divides ? nonZero(y) : y, type), pgType: "double precision" };
}

/** Among the notes of a translation in which it may happen. */
export const overflow = "integer arithmetic beyond 64 bits fails in PostgreSQL, becomes a REAL in SQLite";

/** Of at most 32 bits: no sum or product of two such leaves 64. */
function isNarrow({ pgType, type }: Fragment): boolean {
  return type === "null" || pgType === "smallint" || pgType === "integer";
}

export function negate(op: "-" | "~", operand: Fragment): Fragment {
  const number = asNumber(asValue(operand), op);
  if (op === "~") {
    if (!isInteger(number)) return refuse("~ on a REAL");
    return fragment(`~${wrap(whole(number))}`, "integer");
  }
  if (number.literal !== null && number.type === "integer" && number.literal !== "0") {
    const literal = number.literal.startsWith("-") ? number.literal.slice(1) : `-${number.literal}`;
    return fragment(literal, "integer", { literal, pgType: number.pgType });
  }
  if (number.literal !== null && number.type === "real") {
    const literal = number.literal.startsWith("-") ? number.literal.slice(1) : `-${number.literal}`;
    return fragment(literal.startsWith("-") ? `'${literal}'::float8` : `${literal}::float8`, "real", {
      atom: true,
      literal,
    });
  }
  // As SQLite does it: so 0.0 stays 0.0, and does not become -0.0.
  const sql = isInteger(number) ? `-${wrap(asBigint(number))}` : `0 - ${wrap(number)}`;
  return fragment(sql, number.type, { pgType: isInteger(number) ? "bigint" : number.pgType });
}

export function concatenate(left: Fragment, right: Fragment): Fragment {
  return infix("||", asText(asValue(left)), asText(asValue(right)), "text");
}

function bits(op: BinaryOperator, left: Fragment, right: Fragment): Fragment {
  if (!isInteger(left) || !isInteger(right)) return refuse(`${op} on a REAL`);
  if (op === "&" || op === "|") return infix(op, whole(left), asBigint(right), "integer");
  const places = Number(right.literal ?? -1);
  if (!(places >= 0 && places < 64)) return refuse(`${op} by anything but 0 to 63`);
  return infix(op, whole(left), right, "integer");
}

function isInteger(piece: Fragment): boolean {
  return piece.type === "integer" || piece.type === "null";
}

/** Two literals alone would be reckoned in 32 bits. */
function bigintBeside(left: Fragment, right: Fragment): Fragment {
  return right.literal !== null ? whole(left) : asBigint(left);
}

function whole(piece: Fragment): Fragment {
  return piece.literal !== null ? fragment(`${wrap(piece)}::bigint`, "integer", { atom: true }) : asBigint(piece);
}

/** PostgreSQL widens integers beside a double by itself. */
function plainReal(piece: Fragment): Fragment {
  return piece.type === "numeric" || piece.type === "null" ? asReal(piece) : piece;
}

function nonZero(piece: Fragment): Fragment {
  const known = piece.literal !== null && Number(piece.literal) !== 0;
  return known ? piece : invoke("nullif", [piece.sql, "0"], piece.type, { pgType: piece.pgType });
}
