/** CREATE VIEW: the names in its column list, and its SELECT. */
import type { Select } from "./ast.ts";
import { nameList, parserOver, parseSelect } from "./parse-select.ts";

/** `selectFrom`: where the SELECT begins in the text. */
export type CreateViewFacts = {
  readonly columns: readonly string[] | null;
  readonly select: Select;
  readonly selectFrom: number;
};

/** Throws SqlSyntaxError. */
export function parseCreateView(sql: string): CreateViewFacts {
  const parser = parserOver(sql);
  const { cursor } = parser;
  cursor.expect("CREATE");
  if (!cursor.accept("TEMP")) cursor.accept("TEMPORARY");
  cursor.expect("VIEW");
  cursor.accept("IF", "NOT", "EXISTS");
  cursor.name();
  if (cursor.acceptOperator(".")) cursor.name();
  const columns = cursor.seesOperator("(") ? nameList(cursor) : null;
  cursor.expect("AS");
  const selectFrom = cursor.peek().from;
  const select = parseSelect(parser);
  cursor.acceptOperator(";");
  if (cursor.peek().kind !== "end") cursor.fail("the end");
  return { columns, select, selectFrom };
}
