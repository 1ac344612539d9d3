/** The same question to FTS5 and to PostgreSQL. */
import Database from "better-sqlite3";
import type pg from "pg";
import { installSql } from "../../../../src/search/install.ts";
import type { Row } from "./corpus.ts";

export async function installSearch(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(["BEGIN", ...installSql("fts5"), "COMMIT"].join(";\n"));
  } finally {
    client.release();
  }
}

export type Asked = {
  readonly query: string;
  readonly column: number;
  readonly tokens: number;
};

export type Marked = { readonly highlight: string | null; readonly snippet: string | null };

/**
 * FTS5's answer for one row, null when the row does not match. What it left over from another row can
 * lie beyond the end of this one: then it calls the database malformed, which is also null here.
 */
export function fromFts5(sqlite: Database.Database, table: string, rowid: number, asked: Asked): Marked | null {
  const { query, column, tokens } = asked;
  const statement = sqlite.prepare(
    `SELECT rowid, highlight(${table}, ?, '[', ']') AS highlight, snippet(${table}, ?, '[', ']', '…', ?) AS snippet
       FROM ${table} WHERE ${table} MATCH ? ORDER BY rowid`,
  );
  try {
    const rows = statement.all(column, column, tokens, query) as (Marked & { rowid: number })[];
    const row = rows.find((one) => one.rowid === rowid);
    return row === undefined ? null : { highlight: row.highlight, snippet: row.snippet };
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code === "SQLITE_CORRUPT_VTAB") return null;
    throw error;
  }
}

export type TextIndex = {
  readonly key: string;
  readonly columns: readonly string[];
  readonly indexed: readonly boolean[];
};

/** PostgreSQL's for a row that is in no table. */
export async function fromTexts(pool: pg.Pool, index: TextIndex, asked: Asked, row: Row): Promise<Marked> {
  const { rows } = await pool.query<Marked>(
    `SELECT fts5.highlight_text($1, $2, $7, $4, $5, '[', ']', $3) AS highlight,
            fts5.snippet_text($1, $2, $7, $4, $5, '[', ']', '…', $6, $3) AS snippet`,
    [index.key, index.columns, index.indexed, asked.query, asked.column, asked.tokens, row],
  );
  return rows[0] as Marked;
}
