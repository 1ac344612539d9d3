/** What a CREATE INDEX says: its parts and the WHERE of a partial index, verbatim. */
import type { Expression } from "./ast.ts";
import { parseExpression } from "./parse-expression.ts";
import { parserOver } from "./parse-select.ts";

export type CreateIndexFacts = { readonly where: string | null; readonly parts: readonly IndexPartFacts[] };

export type IndexPartFacts = {
  /** As written, without COLLATE and direction. */
  readonly text: string;
  readonly isExpression: boolean;
  readonly column: string | null;
  readonly collation: string | null;
  readonly descending: boolean;
};

/** Throws SqlSyntaxError. */
export function parseCreateIndex(sql: string): CreateIndexFacts {
  const parser = parserOver(sql);
  const { cursor } = parser;
  cursor.expect("CREATE");
  cursor.accept("UNIQUE");
  cursor.expect("INDEX");
  cursor.accept("IF", "NOT", "EXISTS");
  cursor.name();
  if (cursor.acceptOperator(".")) cursor.name();
  cursor.expect("ON");
  cursor.name();
  cursor.expectOperator("(");
  const parts: IndexPartFacts[] = [];
  do {
    const expression = parseExpression(parser);
    const descending = cursor.descending();
    parts.push(part(sql, expression, descending));
  } while (cursor.acceptOperator(","));
  cursor.expectOperator(")");
  if (!cursor.accept("WHERE")) return { where: null, parts };
  const from = cursor.peek().from;
  parseExpression(parser);
  return { where: sql.slice(from, cursor.end), parts };
}

/** The outermost COLLATE is the index's; a 'string' alone is a column's name. */
function part(sql: string, whole: Expression, descending: boolean): IndexPartFacts {
  const collation = whole.kind === "collate" ? whole.collation : null;
  const inner = whole.kind === "collate" ? whole.operand : whole;
  const column =
    inner.kind === "column" && inner.table === null ? inner.name : inner.kind === "string" ? inner.value : null;
  return { text: sql.slice(inner.from, inner.to), isExpression: column === null, column, collation, descending };
}
