/**
 * Triggers that do nothing but keep a full-text table in sync: each statement puts
 * columns of the changed row into it, or takes them out. Any other trigger is null.
 */
import { sameName } from "../../core/schema/names.ts";
import { type Cursor, cursorOver } from "./token-cursor.ts";

export type SyncTrigger = {
  readonly event: "insert" | "delete" | "update";
  readonly statements: readonly SyncStatement[];
};

/** A column of the changed row. */
export type RowValue = { readonly row: "new" | "old"; readonly column: string };

export type SyncStatement = {
  readonly fullText: string;
  /**
   * `add`: INSERT of a row; `replace`: in the place of whatever has the rowid. `forget`: FTS5's 'delete' command, with the old texts.
   * `delete`: DELETE by rowid. `update`: UPDATE by rowid.
   */
  readonly kind: "add" | "replace" | "forget" | "delete" | "update";
  readonly rowid: RowValue;
  readonly values: readonly { readonly column: string; readonly value: RowValue }[];
};

/** Null for a trigger with a WHEN clause, with other statements, or with expressions instead of plain columns. */
export function parseSyncTrigger(sql: string): SyncTrigger | null {
  try {
    return parse(cursorOver(sql));
  } catch {
    return null;
  }
}

function parse(cursor: Cursor): SyncTrigger | null {
  cursor.expect("CREATE");
  if (cursor.accept("TEMP") || cursor.accept("TEMPORARY")) return null;
  cursor.expect("TRIGGER");
  cursor.accept("IF", "NOT", "EXISTS");
  cursor.name();
  if (cursor.acceptOperator(".")) cursor.name();
  if (cursor.accept("INSTEAD", "OF")) return null;
  if (!cursor.accept("BEFORE")) cursor.accept("AFTER");
  const event = cursor.accept("INSERT") ? "insert" : cursor.accept("DELETE") ? "delete" : "update";
  if (event === "update") {
    cursor.expect("UPDATE");
    if (cursor.accept("OF")) names(cursor);
  }
  cursor.expect("ON");
  cursor.name();
  cursor.accept("FOR", "EACH", "ROW");
  if (!cursor.accept("BEGIN")) return null;
  const statements: SyncStatement[] = [];
  while (!cursor.sees("END")) {
    statements.push(statement(cursor));
    cursor.expectOperator(";");
  }
  return statements.length === 0 ? null : { event, statements };
}

function names(cursor: Cursor): string[] {
  const found = [cursor.name()];
  while (cursor.acceptOperator(",")) found.push(cursor.name());
  return found;
}

function statement(cursor: Cursor): SyncStatement {
  if (cursor.accept("DELETE", "FROM")) {
    const fullText = cursor.name();
    return { fullText, kind: "delete", rowid: byRowid(cursor), values: [] };
  }
  if (cursor.accept("UPDATE")) {
    const fullText = cursor.name();
    cursor.expect("SET");
    const values = [assignment(cursor)];
    while (cursor.acceptOperator(",")) values.push(assignment(cursor));
    return { fullText, kind: "update", rowid: byRowid(cursor), values };
  }
  return insertion(cursor);
}

function insertion(cursor: Cursor): SyncStatement {
  const replaces = replacing(cursor);
  cursor.expect("INTO");
  const fullText = cursor.name();
  cursor.expectOperator("(");
  const columns = names(cursor);
  cursor.expectOperator(")");
  cursor.expect("VALUES");
  cursor.expectOperator("(");
  const command = columns[0] !== undefined && sameName(columns[0], fullText);
  if (command && cursor.next().value !== "delete") return cursor.fail("'delete'");
  if (command) cursor.expectOperator(",");
  const [rowid, ...rest] = command ? columns.slice(1) : columns;
  if (rowid === undefined || !isRowid(rowid)) return cursor.fail("rowid");
  const number = rowValue(cursor);
  const values = rest.map((column) => {
    cursor.expectOperator(",");
    return { column, value: rowValue(cursor) };
  });
  cursor.expectOperator(")");
  return { fullText, kind: command ? "forget" : replaces ? "replace" : "add", rowid: number, values };
}

function replacing(cursor: Cursor): boolean {
  if (cursor.accept("REPLACE")) return true;
  cursor.expect("INSERT");
  if (!cursor.accept("OR")) return false;
  cursor.expect("REPLACE");
  return true;
}

function assignment(cursor: Cursor): SyncStatement["values"][number] {
  const column = cursor.name();
  cursor.expectOperator("=");
  return { column, value: rowValue(cursor) };
}

function byRowid(cursor: Cursor): RowValue {
  cursor.expect("WHERE");
  const column = cursor.name();
  if (!isRowid(column)) cursor.fail("rowid");
  if (!cursor.acceptOperator("=")) cursor.expectOperator("==");
  return rowValue(cursor);
}

function rowValue(cursor: Cursor): RowValue {
  const row = cursor.next().upper;
  if (row !== "NEW" && row !== "OLD") return cursor.fail("new or old");
  cursor.expectOperator(".");
  return { row: row === "NEW" ? "new" : "old", column: cursor.name() };
}

function isRowid(name: string): boolean {
  return /^(rowid|docid|_rowid_|oid)$/i.test(name);
}
