/** CHECK constraints that rows break and no row broke before: evaluated by SQLite itself, one by one. */
import { quoteName } from "../../../core/quote.ts";
import { parseCreateTable } from "../../../sql/parse/parse-create-table.ts";
import { tokenize } from "../../../sql/parse/tokenize.ts";
import type { Sqlite } from "../state/state.ts";
import { type Broken, type BrokenRow, rowsShown } from "./broken.ts";
import { type RowKey, rowKeyOf } from "./row-key.ts";

export type Condition = { readonly name: string | null; readonly expression: string };

/** Those of the columns first, as they are written. */
export function conditionsOf(db: Sqlite, table: string): Condition[] {
  const sql = db
    .prepare("SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE")
    .pluck()
    .get(table);
  const { columns, checks } = parseCreateTable(String(sql));
  return [...columns.flatMap((column) => column.checks), ...checks];
}

/** `main`: the file with the rows; `before`: the one they came into. */
export function brokenConditions(db: Sqlite, table: string): Broken[] {
  const key = rowKeyOf(db, table);
  return conditionsOf(db, table).flatMap((condition) => {
    const found = brokenBy(db, table, condition, key);
    return found === null ? [] : [found];
  });
}

function brokenBy(db: Sqlite, table: string, { name, expression }: Condition, key: RowKey): Broken | null {
  const shown = mentioned(db, table, expression);
  const cells = [...key.sql, ...shown.map(quoteName)].map((cell, i) => `quote(${cell}) AS c${i}`);
  const rows = (schema: string): string =>
    `SELECT ${cells.length === 0 ? "NULL AS c0" : cells.join(", ")} FROM ${schema}.${quoteName(table)} WHERE NOT (${expression}\n)`;
  // A row that broke it before, and stays as it was, is none of the run's.
  const broken = `SELECT * FROM (${rows("main")}) EXCEPT SELECT * FROM (${rows("before")})`;
  if (!isAskable(db, broken)) return null;
  const count = db.prepare(`SELECT count(*) FROM (${broken})`).pluck().get() as number;
  if (count === 0) return null;
  const found = db.prepare(`${broken} LIMIT ${rowsShown}`).raw().all() as string[][];
  return {
    table,
    rule: `${name === null ? "" : `CONSTRAINT ${name} `}CHECK (${expression})`,
    count,
    rows: found.map(
      (cells): BrokenRow => ({
        key: key.names.map((one, i) => [one, cells[i] ?? ""]),
        shown: shown.map((one, i) => [one, cells[key.names.length + i] ?? ""]),
      }),
    ),
  };
}

/** A condition may call a function that only the application has: the plan has asked about it. */
function isAskable(db: Sqlite, sql: string): boolean {
  try {
    db.prepare(sql);
    return true;
  } catch (thrown) {
    if (/^no such function/.test((thrown as Error).message)) return false;
    throw thrown;
  }
}

function mentioned(db: Sqlite, table: string, expression: string): string[] {
  const columns = db.prepare("SELECT name FROM pragma_table_xinfo(?, 'main')").pluck().all(table) as string[];
  const words = new Set(
    tokenize(expression).flatMap(({ kind, value }) =>
      kind === "word" || kind === "quoted" ? [value.toLowerCase()] : [],
    ),
  );
  return columns.filter((name) => words.has(name.toLowerCase()));
}
