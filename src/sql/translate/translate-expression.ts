/** An expression of CHECK, of an index or of a generated column, over the columns of the scope's current table. */
import type { Expression } from "../parse/ast.ts";
import { parseExpressionText } from "../parse/parse-select.ts";
import type { Context } from "./context.ts";
import { asCondition, asNumber, asReal, asText, asValue, spellings } from "./convert.ts";
import { translateNode } from "./expression.ts";
import { cast, type Fragment, fragment } from "./fragment.ts";
import { relationTable } from "./from.ts";
import { findColumn, type Scope, type ScopeColumn } from "./scope.ts";
import { translateSelect } from "./select.ts";
import { refuse, type Translation, translating } from "./translation.ts";
import { columnType } from "./value-type.ts";

/**
 * What the expression is for. CHECK and WHERE want a condition, an index a value, a generated column its own
 * type. `as it is` leaves a truth value boolean and a number a number, for whoever takes either.
 */
export type Use = "condition" | "value" | "as it is" | ScopeColumn;

export function translateExpression(
  text: string,
  scope: Scope,
  use: Use = "as it is",
  also: Also | null = null,
): Translation {
  return translating((notes) => {
    const context = contextOf(scope, notes);
    const known = typeof use === "string" ? context.expression : withoutGenerated;
    const expression: Context["expression"] =
      also === null ? known : (node, inner) => also(node, inner) ?? known(node, inner);
    const exact = { ...context, expression, approximate: (construct: string) => refuse(`${construct}: ${nearly}`) };
    return { sql: used(expression(parseExpressionText(text), exact), use) };
  });
}

/** What may stand in such an expression besides; null for what is translated as anywhere. */
export type Also = (node: Expression, context: Context) => Fragment | null;

export function contextOf(scope: Scope, notes: Set<string>): Context {
  const tables = scope.current === null ? [] : [relationTable(scope.current, null)];
  const frame = { tables, outer: null };
  const approximate = (_: string, note: string): void => void notes.add(note);
  const base = { scope, notes, approximate, frame, common: new Map(), aliases: null, grouped: null };
  return { ...base, expression: translateNode, select: translateSelect };
}

const nearly = "the last digit may differ from SQLite's";

/** PostgreSQL computes a row's generated columns from its stored ones only. */
function withoutGenerated(node: Expression, context: Context): Fragment {
  const { current } = context.scope;
  if (node.kind === "column" && current !== null && findColumn(current, node.name)?.generated === true)
    refuse(`the column ${node.name}: it is made from another generated column`);
  return translateNode(node, context);
}

function used(piece: Fragment, use: Use): string {
  if (typeof use !== "string") return into(piece, use);
  if (use === "condition") return asCondition(piece).sql;
  return use === "value" ? asValue(piece).sql : piece.sql;
}

/** As the column stores it: its affinity converts the value, as on any insert. */
function into(piece: Fragment, column: ScopeColumn): string {
  const type = columnType(column);
  if (type === "boolean" && spellings(fragment("", "boolean", { encoding: column.encoding })) === null)
    return piece.type === "boolean"
      ? asCondition(piece).sql
      : refuse(`a value of type ${piece.type} in a boolean column`);
  if (type === "text")
    return column.affinity === "TEXT" || piece.type === "text" ? asText(asValue(piece)).sql : mismatch(piece, column);
  if (type === "real" && column.affinity === "REAL") return asReal(asNumber(piece, "a REAL column")).sql;
  const value = asValue(piece);
  if (type === "integer" && value.type === "integer")
    return value.pgType === column.pgType ? value.sql : cast(value, column.pgType).sql;
  if (type === "numeric" && value.type === "integer") return cast(value, "numeric").sql;
  return value.type === type && type !== "other" && type !== "numeric" ? value.sql : mismatch(piece, column);
}

function mismatch(piece: Fragment, column: ScopeColumn): never {
  return refuse(`a value of type ${piece.type} in a column of type ${column.pgType}`);
}
