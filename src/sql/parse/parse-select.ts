/** SELECT, with everything SQLite allows in it. */
import type { CommonTable, CompoundOperator, Expression, Select, SelectCore, SelectItem, Source } from "./ast.ts";
import { type Parser, parseExpression, parseExpressions, parseOrderTerms } from "./parse-expression.ts";
import { type Cursor, cursorOver } from "./token-cursor.ts";

/** A parser over a text, for expressions and SELECTs alike. */
export function parserOver(sql: string): Parser {
  return { cursor: cursorOver(sql), select: parseSelect };
}

/** Throws SqlSyntaxError. */
export function parseSelect(parser: Parser): Select {
  const { cursor } = parser;
  const ctes = cursor.accept("WITH") ? commonTables(parser) : [];
  const arms: { op: CompoundOperator | null; core: SelectCore }[] = [{ op: null, core: core(parser) }];
  for (let op = compound(cursor); op !== null; op = compound(cursor)) arms.push({ op, core: core(parser) });
  const orderBy = cursor.accept("ORDER", "BY") ? parseOrderTerms(parser) : [];
  let limit: Expression | null = null;
  let offset: Expression | null = null;
  if (cursor.accept("LIMIT")) {
    limit = parseExpression(parser);
    if (cursor.accept("OFFSET")) offset = parseExpression(parser);
    else if (cursor.acceptOperator(",")) [offset, limit] = [limit, parseExpression(parser)];
  }
  return { with: ctes, arms, orderBy, limit, offset };
}

/** The whole text as one expression. Throws SqlSyntaxError. */
export function parseExpressionText(text: string): Expression {
  const parser = parserOver(text);
  const expression = parseExpression(parser);
  if (parser.cursor.peek().kind !== "end") parser.cursor.fail("the end");
  return expression;
}

function commonTables(parser: Parser): CommonTable[] {
  const { cursor } = parser;
  const tables: CommonTable[] = [];
  cursor.accept("RECURSIVE");
  do {
    const name = cursor.name();
    const columns = cursor.seesOperator("(") ? nameList(cursor) : null;
    cursor.expect("AS");
    cursor.accept("NOT");
    cursor.accept("MATERIALIZED");
    cursor.expectOperator("(");
    tables.push({ name, columns, select: parseSelect(parser) });
    cursor.expectOperator(")");
  } while (cursor.acceptOperator(","));
  return tables;
}

export function nameList(cursor: Cursor): string[] {
  cursor.expectOperator("(");
  const names = [cursor.name()];
  while (cursor.acceptOperator(",")) names.push(cursor.name());
  cursor.expectOperator(")");
  return names;
}

function compound(cursor: Cursor): CompoundOperator | null {
  if (cursor.accept("UNION", "ALL")) return "UNION ALL";
  for (const op of ["UNION", "INTERSECT", "EXCEPT"] as const) if (cursor.accept(op)) return op;
  return null;
}

function core(parser: Parser): SelectCore {
  const { cursor } = parser;
  if (cursor.accept("VALUES")) {
    const rows: Expression[][] = [];
    do {
      cursor.expectOperator("(");
      rows.push(parseExpressions(parser));
      cursor.expectOperator(")");
    } while (cursor.acceptOperator(","));
    return { kind: "values", rows };
  }
  cursor.expect("SELECT");
  const distinct = cursor.accept("DISTINCT");
  if (!distinct) cursor.accept("ALL");
  const items = [item(parser)];
  while (cursor.acceptOperator(",")) items.push(item(parser));
  const source = cursor.accept("FROM") ? joins(parser) : null;
  const where = cursor.accept("WHERE") ? parseExpression(parser) : null;
  const groupBy = cursor.accept("GROUP", "BY") ? parseExpressions(parser) : [];
  const having = cursor.accept("HAVING") ? parseExpression(parser) : null;
  const hasWindows = cursor.accept("WINDOW");
  if (hasWindows) skipWindows(cursor);
  return { kind: "select", distinct, items, source, where, groupBy, having, hasWindows };
}

function skipWindows(cursor: Cursor): void {
  do {
    cursor.name();
    cursor.expect("AS");
    cursor.parenthesised();
  } while (cursor.acceptOperator(","));
}

function item(parser: Parser): SelectItem {
  const { cursor } = parser;
  if (cursor.acceptOperator("*")) return { kind: "star", table: null };
  if (cursor.peek(1).value === "." && cursor.peek(2).value === "*" && cursor.peek(2).kind === "operator") {
    const table = cursor.name();
    cursor.next();
    cursor.next();
    return { kind: "star", table };
  }
  const from = cursor.peek().from;
  const expression = parseExpression(parser);
  const text = cursor.sql.slice(from, cursor.end);
  const alias = cursor.accept("AS") ? cursor.name() : cursor.bareAlias();
  return { kind: "item", expression, alias, text };
}

/** Joins are left-associative, the comma among them. */
function joins(parser: Parser): Source {
  const { cursor } = parser;
  let left = single(parser);
  for (let join = joinOperator(cursor); join !== null; join = joinOperator(cursor)) {
    const right = single(parser);
    const on = cursor.accept("ON") ? parseExpression(parser) : null;
    const using = on === null && cursor.accept("USING") ? nameList(cursor) : null;
    left = { kind: "join", left, right, ...join, on, using };
  }
  return left;
}

type Join = { readonly type: "INNER" | "LEFT" | "RIGHT" | "FULL"; readonly natural: boolean };

function joinOperator(cursor: Cursor): Join | null {
  if (cursor.acceptOperator(",")) return { type: "INNER", natural: false };
  const words = new Set<string>();
  while (["NATURAL", "LEFT", "RIGHT", "FULL", "OUTER", "INNER", "CROSS"].includes(cursor.peek().upper))
    words.add(cursor.next().upper);
  if (!cursor.accept("JOIN")) return words.size === 0 ? null : cursor.fail("JOIN");
  const full = words.has("FULL") || (words.has("LEFT") && words.has("RIGHT"));
  const type = full ? "FULL" : words.has("LEFT") ? "LEFT" : words.has("RIGHT") ? "RIGHT" : "INNER";
  return { type, natural: words.has("NATURAL") };
}

function single(parser: Parser): Source {
  const { cursor } = parser;
  if (cursor.acceptOperator("(")) {
    const isSelect = cursor.sees("SELECT") || cursor.sees("VALUES") || cursor.sees("WITH");
    if (!isSelect) {
      const inner = joins(parser);
      cursor.expectOperator(")");
      if (alias(cursor) !== null) cursor.fail("no alias after joins in parentheses");
      return inner;
    }
    const from = cursor.peek().from;
    const select = parseSelect(parser);
    cursor.expectOperator(")");
    return { kind: "subquery", select, alias: alias(cursor), from };
  }
  const first = cursor.name();
  const [schema, name] = cursor.acceptOperator(".") ? [first, cursor.name()] : [null, first];
  if (cursor.seesOperator("(")) {
    cursor.parenthesised();
    alias(cursor);
    return { kind: "function", name };
  }
  const named = alias(cursor);
  if (cursor.accept("INDEXED", "BY")) cursor.name();
  else cursor.accept("NOT", "INDEXED");
  return { kind: "table", schema, name, alias: named };
}

function alias(cursor: Cursor): string | null {
  if (cursor.accept("AS")) return cursor.name();
  return cursor.sees("INDEXED", "BY") || cursor.sees("WINDOW") ? null : cursor.bareAlias();
}
