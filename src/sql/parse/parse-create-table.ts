/**
 * What a CREATE TABLE says that PRAGMAs do not: CHECKs, collations, generated
 * expressions, names of constraints, deferrability. Expressions are not parsed
 * here but taken as they are written, so that nothing in them can fail.
 */
import { reserved } from "./keywords.ts";
import { type Cursor, cursorOver } from "./token-cursor.ts";

export type CreateTableFacts = {
  readonly name: string;
  readonly columns: readonly ColumnFacts[];
  /** CHECKs of the table; those of a column stand with the column. */
  readonly checks: readonly CheckFacts[];
  /** In the order written, those of columns among them. */
  readonly foreignKeys: readonly ForeignKeyFacts[];
  /** In the order written, those of columns among them. */
  readonly uniques: readonly { readonly name: string | null; readonly columns: readonly string[] }[];
  /** ON CONFLICT clauses that are not the default ABORT: the constraint they stand with, then the clause. */
  readonly conflicts: readonly { readonly constraint: string; readonly clause: string }[];
  readonly autoincrement: boolean;
  readonly strict: boolean;
  readonly withoutRowid: boolean;
};

export type ColumnFacts = {
  readonly name: string;
  /** Null when the column does not name one. */
  readonly collation: string | null;
  readonly generated: { readonly kind: "virtual" | "stored"; readonly expression: string } | null;
  readonly checks: readonly CheckFacts[];
  /** As `PRAGMA table_xinfo` gives it: without the parentheses around an expression. */
  readonly default: string | null;
};

export type CheckFacts = { readonly name: string | null; readonly expression: string };

export type ForeignKeyFacts = {
  readonly name: string | null;
  readonly columns: readonly string[];
  readonly parent: string;
  /** Empty: the parent's primary key. */
  readonly parentColumns: readonly string[];
  readonly deferrable: "no" | "initially immediate" | "initially deferred";
};

/** Throws SqlSyntaxError. A table made by `AS SELECT` has a name and no facts. */
export function parseCreateTable(sql: string): CreateTableFacts {
  const cursor = cursorOver(sql);
  cursor.expect("CREATE");
  if (!cursor.accept("TEMP")) cursor.accept("TEMPORARY");
  cursor.expect("TABLE");
  cursor.accept("IF", "NOT", "EXISTS");
  const table = draft(qualifiedName(cursor));
  if (cursor.accept("AS")) return table;
  cursor.expectOperator("(");
  do {
    if (startsTableConstraint(cursor)) break;
    column(cursor, table);
  } while (cursor.acceptOperator(","));
  while (!cursor.acceptOperator(")")) {
    const name = cursor.accept("CONSTRAINT") ? cursor.name() : null;
    tableConstraint(cursor, table, name);
    cursor.acceptOperator(",");
  }
  options(cursor, table);
  return table;
}

type Draft = {
  name: string;
  columns: ColumnFacts[];
  checks: CheckFacts[];
  foreignKeys: Mutable<ForeignKeyFacts>[];
  uniques: { name: string | null; columns: string[] }[];
  conflicts: { constraint: string; clause: string }[];
  autoincrement: boolean;
  strict: boolean;
  withoutRowid: boolean;
};
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function draft(name: string): Draft {
  return {
    name,
    columns: [],
    checks: [],
    foreignKeys: [],
    uniques: [],
    conflicts: [],
    autoincrement: false,
    strict: false,
    withoutRowid: false,
  };
}

function qualifiedName(cursor: Cursor): string {
  const name = cursor.name();
  return cursor.acceptOperator(".") ? cursor.name() : name;
}

function startsTableConstraint(cursor: Cursor): boolean {
  return ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"].some((word) => cursor.sees(word));
}

function column(cursor: Cursor, table: Draft): void {
  const made: Mutable<ColumnFacts> & { checks: CheckFacts[] } = {
    name: cursor.name(),
    collation: null,
    generated: null,
    checks: [],
    default: null,
  };
  table.columns.push(made);
  skipType(cursor);
  let name: string | null = null;
  while (!cursor.seesOperator(",") && !cursor.seesOperator(")")) {
    if (cursor.accept("CONSTRAINT")) {
      name = cursor.name();
      continue;
    }
    columnConstraint(cursor, table, made, name);
    name = null;
  }
}

/** A type is any number of words, then perhaps numbers in parentheses. */
function skipType(cursor: Cursor): void {
  for (;;) {
    const token = cursor.peek();
    const isWord = token.kind === "word" && !reserved.has(token.upper) && !cursor.sees("GENERATED", "ALWAYS");
    if (!isWord && token.kind !== "quoted" && token.kind !== "string") break;
    cursor.next();
  }
  if (cursor.seesOperator("(")) cursor.parenthesised();
}

function columnConstraint(
  cursor: Cursor,
  table: Draft,
  made: Mutable<ColumnFacts> & { checks: CheckFacts[] },
  name: string | null,
): void {
  if (cursor.accept("PRIMARY")) {
    cursor.expect("KEY");
    cursor.descending();
    conflict(cursor, table, `PRIMARY KEY(${made.name})`);
    if (cursor.accept("AUTOINCREMENT")) table.autoincrement = true;
  } else if (cursor.accept("NOT", "NULL")) conflict(cursor, table, `${made.name} NOT NULL`);
  else if (cursor.accept("NULL")) conflict(cursor, table, `${made.name} NULL`);
  else if (cursor.accept("UNIQUE")) {
    table.uniques.push({ name, columns: [made.name] });
    conflict(cursor, table, `UNIQUE(${made.name})`);
  } else if (cursor.accept("CHECK")) {
    const expression = cursor.parenthesised();
    made.checks.push({ name, expression });
    conflict(cursor, table, `CHECK(${expression})`);
  } else if (cursor.accept("DEFAULT")) made.default = defaultText(cursor);
  else if (cursor.accept("COLLATE")) made.collation = cursor.name();
  else if (cursor.accept("REFERENCES")) references(cursor, table, name, [made.name]);
  else if (cursor.sees("GENERATED") || cursor.sees("AS")) {
    cursor.accept("GENERATED", "ALWAYS");
    cursor.expect("AS");
    const expression = cursor.parenthesised();
    made.generated = { kind: cursor.accept("STORED") ? "stored" : "virtual", expression };
    cursor.accept("VIRTUAL");
  } else if (!deferrable(cursor, table)) cursor.fail("a column constraint");
}

function tableConstraint(cursor: Cursor, table: Draft, name: string | null): void {
  if (cursor.accept("PRIMARY")) {
    cursor.expect("KEY");
    const key = cursor.parenthesised();
    if (/\bAUTOINCREMENT\s*$/i.test(key)) table.autoincrement = true;
    conflict(cursor, table, `PRIMARY KEY(${key})`);
  } else if (cursor.accept("UNIQUE")) {
    const columns = names(cursor);
    table.uniques.push({ name, columns });
    conflict(cursor, table, `UNIQUE(${columns.join(", ")})`);
  } else if (cursor.accept("CHECK")) {
    const expression = cursor.parenthesised();
    table.checks.push({ name, expression });
    conflict(cursor, table, `CHECK(${expression})`);
  } else if (cursor.accept("FOREIGN")) {
    cursor.expect("KEY");
    const columns = names(cursor);
    cursor.expect("REFERENCES");
    references(cursor, table, name, columns);
    deferrable(cursor, table);
  } else if (name === null) cursor.fail("a table constraint");
}

function references(cursor: Cursor, table: Draft, name: string | null, columns: string[]): void {
  const parent = cursor.name();
  const parentColumns = cursor.seesOperator("(") ? names(cursor) : [];
  for (;;) {
    if (cursor.accept("ON")) {
      cursor.next(); // DELETE, UPDATE or INSERT
      if (!cursor.accept("SET", "NULL") && !cursor.accept("SET", "DEFAULT") && !cursor.accept("NO", "ACTION"))
        cursor.next();
    } else if (cursor.accept("MATCH")) cursor.name();
    else break;
  }
  table.foreignKeys.push({ name, columns, parent, parentColumns, deferrable: "no" });
}

/** Belongs to the last foreign key; SQLite lets it stand anywhere among a column's constraints. */
function deferrable(cursor: Cursor, table: Draft): boolean {
  const not = cursor.accept("NOT", "DEFERRABLE");
  if (!not && !cursor.accept("DEFERRABLE")) return false;
  const deferred = cursor.accept("INITIALLY", "DEFERRED");
  if (!deferred) cursor.accept("INITIALLY", "IMMEDIATE");
  const key = table.foreignKeys[table.foreignKeys.length - 1];
  if (key) key.deferrable = not ? "no" : deferred ? "initially deferred" : "initially immediate";
  return true;
}

/** Column names of a key, each perhaps with COLLATE and a direction. */
function names(cursor: Cursor): string[] {
  const found: string[] = [];
  cursor.expectOperator("(");
  do {
    found.push(cursor.name());
    if (cursor.accept("COLLATE")) cursor.name();
    cursor.descending();
  } while (cursor.acceptOperator(","));
  cursor.expectOperator(")");
  return found;
}

function defaultText(cursor: Cursor): string {
  if (cursor.seesOperator("(")) return cursor.parenthesised();
  const from = cursor.peek().from;
  if (!cursor.acceptOperator("-")) cursor.acceptOperator("+");
  if (cursor.seesOperator("(")) cursor.parenthesised();
  else cursor.next();
  return cursor.sql.slice(from, cursor.end);
}

function conflict(cursor: Cursor, table: Draft, constraint: string): void {
  if (!cursor.accept("ON", "CONFLICT")) return;
  const clause = cursor.next().upper;
  if (clause !== "ABORT") table.conflicts.push({ constraint, clause });
}

function options(cursor: Cursor, table: Draft): void {
  do {
    if (cursor.accept("WITHOUT", "ROWID")) table.withoutRowid = true;
    else if (cursor.accept("STRICT")) table.strict = true;
  } while (cursor.acceptOperator(","));
}
