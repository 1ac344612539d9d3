/** One expression's tree as a fragment: the dispatcher, and what is too small for a file of its own. */

import type { Expression } from "../parse/ast.ts";
import { collationWithin } from "../parse/ast-walk.ts";
import { arithmetic, concatenate, negate } from "./arithmetic.ts";
import { between, isIn } from "./between-and-in.ts";
import { translateCall } from "./call.ts";
import { castTo } from "./cast.ts";
import { type ComparisonOperator, compare } from "./comparison.ts";
import type { Context } from "./context.ts";
import { asCondition, resultOf, unify } from "./convert.ts";
import { nowText } from "./dates.ts";
import {
  type Fragment,
  fragment,
  infix,
  integerLiteral,
  logic,
  nullLiteral,
  realLiteral,
  textLiteral,
  wrap,
} from "./fragment.ts";
import { matchPattern } from "./pattern.ts";
import { resolveColumn } from "./resolve-column.ts";
import { refuse } from "./translation.ts";

/** A COLLATE anywhere in an expression holds for its result too, where that has no collation of its own. */
export function translateNode(node: Expression, context: Context): Fragment {
  const made = translated(node, context);
  if (made.collation !== null) return made;
  const collation = collationWithin(node);
  return collation === null ? made : { ...made, collation, collated: true };
}

function translated(node: Expression, context: Context): Fragment {
  const inner = (child: Expression): Fragment => context.expression(child, context);
  switch (node.kind) {
    case "number":
      return numberLiteral(node.text);
    case "string":
      return textLiteral(node.value);
    case "blob":
      return fragment(`'\\x${node.hex}'::bytea`, "blob", { atom: true, literal: node.hex });
    case "null":
      return nullLiteral;
    case "current":
      return nowText(node.what);
    case "column":
      return resolveColumn(node, context);
    case "unary":
      return unary(node, inner);
    case "binary":
      return binary(node, inner, context);
    case "null test":
      return logic(`${wrap(inner(node.operand))} IS ${node.not ? "NOT " : ""}NULL`);
    case "pattern":
      return not(node.not, matchPattern(node, context));
    case "between":
      return not(node.not, between(inner(node.operand), inner(node.low), inner(node.high), context.scope));
    case "in":
      return not(node.not, isIn(inner(node.left), node.right, context));
    case "case":
      return caseOf(node, inner, context);
    case "cast":
      return castTo(inner(node.operand), node.type);
    case "collate":
      return { ...inner(node.operand), collation: node.collation.toUpperCase(), collated: true };
    case "call":
      return translateCall(node, context);
    case "exists": {
      const { sql } = context.select(node.select, { ...context, grouped: null });
      return fragment(`EXISTS (${sql})`, "boolean", { atom: true, logic: true });
    }
    case "subquery":
      return subquery(node, context);
    case "parameter":
      return refuse("a parameter");
    case "row":
      return refuse("a row value");
    case "raise":
      return refuse("RAISE");
  }
}

type Inner = (child: Expression) => Fragment;
type Of<K extends Expression["kind"]> = Extract<Expression, { kind: K }>;

function numberLiteral(text: string): Fragment {
  if (/^0x/i.test(text)) return integerLiteral(BigInt.asIntN(64, BigInt(text)));
  if (/^\d+$/.test(text) && BigInt(text) < 2n ** 63n) return integerLiteral(BigInt(text));
  return realLiteral(Number(text));
}

function unary(node: Of<"unary">, inner: Inner): Fragment {
  if (node.op === "NOT") return logic(`NOT ${wrap(asCondition(inner(node.operand)))}`);
  // The smallest integer is only reached with its sign.
  if (node.op === "-" && node.operand.kind === "number" && node.operand.text === "9223372036854775808")
    return integerLiteral(-(2n ** 63n));
  const operand = inner(node.operand);
  if (node.op === "+") return { ...operand, affinity: null };
  return negate(node.op, operand);
}

function binary(node: Of<"binary">, inner: Inner, context: Context): Fragment {
  const { op } = node;
  switch (op) {
    case "AND":
    case "OR":
      return infix(op, asCondition(inner(node.left)), asCondition(inner(node.right)), "boolean");
    case "IS":
    case "IS NOT":
      return isTruth(node, inner) ?? compare(op, inner(node.left), inner(node.right), context.scope);
    case "=":
    case "<>":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return compare(op satisfies ComparisonOperator, inner(node.left), inner(node.right), context.scope);
    case "||":
      return concatenate(inner(node.left), inner(node.right));
    case "->":
    case "->>":
      return refuse(`the JSON operator ${op}`);
    default:
      return arithmetic(op, inner(node.left), inner(node.right), context.notes);
  }
}

/** `x IS TRUE` asks for truth; `x IS 1` would ask for equality. */
function isTruth(node: Of<"binary">, inner: Inner): Fragment | null {
  const { right } = node;
  if (right.kind !== "column" || right.quote !== "" || !/^(true|false)$/i.test(right.name)) return null;
  const tested = asCondition(inner(node.left));
  return logic(`${wrap(tested)} ${node.op} ${right.name.toUpperCase()}`);
}

function not(negated: boolean, piece: Fragment): Fragment {
  return negated ? logic(`NOT ${wrap(piece)}`) : piece;
}

function caseOf(node: Of<"case">, inner: Inner, context: Context): Fragment {
  const base = node.base === null ? null : inner(node.base);
  const conditions = node.whens.map(({ when }) =>
    base ? compare("=", base, inner(when), context.scope) : asCondition(inner(when)),
  );
  const results = [
    ...node.whens.map(({ result }) => inner(result)),
    node.otherwise ? inner(node.otherwise) : nullLiteral,
  ];
  const values = unify(results, "a CASE");
  const whens = conditions.map((condition, i) => `WHEN ${condition.sql} THEN ${values[i]?.sql}`);
  const otherwise = node.otherwise ? ` ELSE ${values[values.length - 1]?.sql}` : "";
  return resultOf(`CASE ${whens.join(" ")}${otherwise} END`, values);
}

/** SQLite takes the first row where PostgreSQL would refuse a second. */
function subquery(node: Of<"subquery">, context: Context): Fragment {
  const { sql, columns, single } = context.select(node.select, { ...context, grouped: null });
  const column = columns[0]?.fragment;
  if (column === undefined || columns.length !== 1) return refuse("a subquery of several columns as a value");
  const limited = single || node.select.limit !== null ? sql : `${sql} LIMIT 1`;
  return { ...column, sql: `(${limited})`, atom: true, collation: null, collated: false, literal: null };
}
