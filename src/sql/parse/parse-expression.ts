/**
 * SQLite's expressions, by precedence climbing with the table of SQLite's own
 * grammar. Subqueries are read by the SELECT parser, which is handed in
 * because each of the two needs the other.
 */
import type {
  BinaryOperator,
  Expression,
  ExpressionKind,
  InRight,
  OrderTerm,
  PatternOperator,
  Select,
  Window,
} from "./ast.ts";
import type { Cursor } from "./token-cursor.ts";

export type Parser = { readonly cursor: Cursor; readonly select: (parser: Parser) => Select };

const level = {
  or: 1,
  and: 2,
  not: 3,
  equal: 4,
  less: 5,
  bits: 6,
  plus: 7,
  times: 8,
  concat: 9,
  collate: 10,
  unary: 11,
};

const binaryLevels: Readonly<Record<string, readonly [number, BinaryOperator]>> = {
  OR: [level.or, "OR"],
  AND: [level.and, "AND"],
  "=": [level.equal, "="],
  "==": [level.equal, "="],
  "<>": [level.equal, "<>"],
  "!=": [level.equal, "<>"],
  "<": [level.less, "<"],
  "<=": [level.less, "<="],
  ">": [level.less, ">"],
  ">=": [level.less, ">="],
  "&": [level.bits, "&"],
  "|": [level.bits, "|"],
  "<<": [level.bits, "<<"],
  ">>": [level.bits, ">>"],
  "+": [level.plus, "+"],
  "-": [level.plus, "-"],
  "*": [level.times, "*"],
  "/": [level.times, "/"],
  "%": [level.times, "%"],
  "||": [level.concat, "||"],
  "->": [level.concat, "->"],
  "->>": [level.concat, "->>"],
};

/** Throws SqlSyntaxError. */
export function parseExpression(parser: Parser, lowest: number = level.or): Expression {
  const from = parser.cursor.peek().from;
  let left = prefix(parser);
  for (;;) {
    const more = suffix(parser, left, lowest);
    if (more === null) return left;
    left = { ...more, from, to: parser.cursor.end };
  }
}

export function parseExpressions(parser: Parser): Expression[] {
  const items = [parseExpression(parser)];
  while (parser.cursor.acceptOperator(",")) items.push(parseExpression(parser));
  return items;
}

export function parseOrderTerms(parser: Parser): OrderTerm[] {
  const terms: OrderTerm[] = [];
  do {
    const expression = parseExpression(parser);
    const descending = parser.cursor.descending();
    const nulls = parser.cursor.accept("NULLS", "FIRST")
      ? "first"
      : parser.cursor.accept("NULLS", "LAST")
        ? "last"
        : null;
    terms.push({ expression, descending, nulls });
  } while (parser.cursor.acceptOperator(","));
  return terms;
}

/** What follows an operand and binds at least as tightly as `lowest`; null when nothing does. */
function suffix(parser: Parser, left: Expression, lowest: number): ExpressionKind | null {
  const { cursor } = parser;
  const token = cursor.peek();
  const key = token.kind === "word" ? token.upper : token.kind === "operator" ? token.value : "";
  const [binding, op] = binaryLevels[key] ?? [0, null];
  if (op !== null) {
    if (binding < lowest) return null;
    cursor.next();
    return { kind: "binary", op, left, right: parseExpression(parser, binding + 1) };
  }
  if (key === "COLLATE" && lowest <= level.collate) {
    cursor.next();
    return { kind: "collate", operand: left, collation: cursor.name() };
  }
  return lowest <= level.equal ? equality(parser, left) : null;
}

/** The word operators at the level of `=`. */
function equality(parser: Parser, left: Expression): ExpressionKind | null {
  const { cursor } = parser;
  if (cursor.accept("ISNULL")) return { kind: "null test", not: false, operand: left };
  if (cursor.accept("NOTNULL") || cursor.accept("NOT", "NULL")) return { kind: "null test", not: true, operand: left };
  if (cursor.accept("IS")) {
    const not = cursor.accept("NOT");
    const distinct = cursor.accept("DISTINCT", "FROM");
    const right = parseExpression(parser, level.less);
    if (right.kind === "null") return { kind: "null test", not: not !== distinct, operand: left };
    return { kind: "binary", op: not !== distinct ? "IS NOT" : "IS", left, right };
  }
  const follows = cursor.peek(cursor.sees("NOT") ? 1 : 0).upper;
  if (!["BETWEEN", "IN", "LIKE", "GLOB", "MATCH", "REGEXP"].includes(follows)) return null;
  const not = cursor.accept("NOT");
  cursor.next();
  if (follows === "BETWEEN") {
    const low = parseExpression(parser, level.not);
    cursor.expect("AND");
    return { kind: "between", not, operand: left, low, high: parseExpression(parser, level.less) };
  }
  if (follows === "IN") return { kind: "in", not, left, right: inRight(parser) };
  const pattern = parseExpression(parser, level.less);
  const escaping = cursor.accept("ESCAPE") ? parseExpression(parser, level.less) : null;
  return { kind: "pattern", op: follows as PatternOperator, not, left, pattern, escape: escaping };
}

function inRight(parser: Parser): InRight {
  const { cursor } = parser;
  if (!cursor.acceptOperator("(")) {
    const name = cursor.name();
    return { kind: "table", name: cursor.acceptOperator(".") ? cursor.name() : name };
  }
  const right: InRight = startsSelect(cursor)
    ? { kind: "select", select: parser.select(parser) }
    : { kind: "list", items: cursor.seesOperator(")") ? [] : parseExpressions(parser) };
  cursor.expectOperator(")");
  return right;
}

function prefix(parser: Parser): Expression {
  const from = parser.cursor.peek().from;
  const made = operand(parser);
  return { ...made, from, to: parser.cursor.end };
}

function operand(parser: Parser): ExpressionKind {
  const { cursor } = parser;
  const token = cursor.peek();
  switch (token.kind) {
    case "number":
      return { kind: "number", text: cursor.next().value };
    case "string":
      return cursor.peek(1).value === "." && cursor.peek(1).kind === "operator"
        ? column(parser)
        : { kind: "string", value: cursor.next().value };
    case "blob":
      return { kind: "blob", hex: cursor.next().value };
    case "parameter":
      return { kind: "parameter", text: cursor.next().value };
    case "quoted":
      return column(parser);
    case "word":
      return keywordOperand(parser) ?? column(parser);
    case "operator":
      break;
    case "end":
      return cursor.fail("an expression");
  }
  if (cursor.acceptOperator("-")) return { kind: "unary", op: "-", operand: parseExpression(parser, level.unary) };
  if (cursor.acceptOperator("+")) return { kind: "unary", op: "+", operand: parseExpression(parser, level.unary) };
  if (cursor.acceptOperator("~")) return { kind: "unary", op: "~", operand: parseExpression(parser, level.unary) };
  cursor.expectOperator("(");
  const inside = parenthesised(parser);
  cursor.expectOperator(")");
  return inside;
}

function parenthesised(parser: Parser): ExpressionKind {
  if (startsSelect(parser.cursor)) return { kind: "subquery", select: parser.select(parser) };
  const items = parseExpressions(parser);
  return items.length === 1 && items[0] ? items[0] : { kind: "row", items };
}

function keywordOperand(parser: Parser): ExpressionKind | null {
  const { cursor } = parser;
  if (cursor.accept("NOT")) return { kind: "unary", op: "NOT", operand: parseExpression(parser, level.not) };
  if (cursor.accept("NULL")) return { kind: "null" };
  for (const what of ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"] as const)
    if (cursor.accept(what)) return { kind: "current", what };
  if (cursor.accept("CASE")) return caseOf(parser);
  if (cursor.accept("CAST")) {
    cursor.expectOperator("(");
    const inner = parseExpression(parser);
    cursor.expect("AS");
    const from = cursor.peek().from;
    while (!cursor.seesOperator(")")) {
      if (cursor.seesOperator("(")) cursor.parenthesised();
      else if (cursor.next().kind === "end") cursor.fail(")");
    }
    const type = cursor.sql.slice(from, cursor.end);
    cursor.expectOperator(")");
    return { kind: "cast", operand: inner, type };
  }
  if (cursor.accept("EXISTS")) {
    cursor.expectOperator("(");
    const select = parser.select(parser);
    cursor.expectOperator(")");
    return { kind: "exists", select };
  }
  if (cursor.sees("RAISE") && cursor.peek(1).value === "(") {
    cursor.next();
    cursor.parenthesised();
    return { kind: "raise" };
  }
  return null;
}

function caseOf(parser: Parser): ExpressionKind {
  const { cursor } = parser;
  const base = cursor.sees("WHEN") ? null : parseExpression(parser);
  const whens: { when: Expression; result: Expression }[] = [];
  while (cursor.accept("WHEN")) {
    const when = parseExpression(parser);
    cursor.expect("THEN");
    whens.push({ when, result: parseExpression(parser) });
  }
  const otherwise = cursor.accept("ELSE") ? parseExpression(parser) : null;
  cursor.expect("END");
  return { kind: "case", base, whens, otherwise };
}

/** A column, with table and schema before it, or a function's call. */
function column(parser: Parser): ExpressionKind {
  const { cursor } = parser;
  const { quote } = cursor.peek();
  const names = [cursor.name()];
  if (cursor.seesOperator("(")) return call(parser, names[0] ?? "");
  while (cursor.acceptOperator(".")) names.push(cursor.name());
  const [name = "", table = null, schema = null] = names.reverse();
  return { kind: "column", schema, table, name, quote: table === null ? quote : "." };
}

function call(parser: Parser, name: string): ExpressionKind {
  const { cursor } = parser;
  cursor.expectOperator("(");
  const star = cursor.acceptOperator("*");
  const distinct = cursor.accept("DISTINCT");
  if (!distinct) cursor.accept("ALL");
  const args = star || cursor.seesOperator(")") ? [] : parseExpressions(parser);
  const orderBy = cursor.accept("ORDER", "BY") ? parseOrderTerms(parser) : [];
  cursor.expectOperator(")");
  let filter: Expression | null = null;
  if (cursor.sees("FILTER") && cursor.peek(1).value === "(") {
    cursor.next();
    cursor.expectOperator("(");
    cursor.expect("WHERE");
    filter = parseExpression(parser);
    cursor.expectOperator(")");
  }
  const over = cursor.accept("OVER") ? window(parser) : null;
  return { kind: "call", name: name.toLowerCase(), args, star, distinct, orderBy, filter, over };
}

function window(parser: Parser): Window {
  const { cursor } = parser;
  if (!cursor.acceptOperator("(")) return { base: cursor.name(), partitionBy: [], orderBy: [], hasFrame: false };
  const special = ["PARTITION", "ORDER", "RANGE", "ROWS", "GROUPS"];
  const base = cursor.seesOperator(")") || special.includes(cursor.peek().upper) ? null : cursor.name();
  const partitionBy = cursor.accept("PARTITION", "BY") ? parseExpressions(parser) : [];
  const orderBy = cursor.accept("ORDER", "BY") ? parseOrderTerms(parser) : [];
  const hasFrame = !cursor.seesOperator(")");
  while (!cursor.seesOperator(")")) {
    if (cursor.seesOperator("(")) cursor.parenthesised();
    else if (cursor.next().kind === "end") cursor.fail(")");
  }
  cursor.expectOperator(")");
  return { base, partitionBy, orderBy, hasFrame };
}

function startsSelect(cursor: Cursor): boolean {
  return cursor.sees("SELECT") || cursor.sees("VALUES") || cursor.sees("WITH");
}
