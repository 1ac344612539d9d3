/** The same question to FTS5 and to PostgreSQL. */
import type Database from "better-sqlite3";
import type pg from "pg";
import { installSql } from "../../../../src/search/install.ts";
import type { Rows } from "./corpus.ts";

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

export type Marked = {
  readonly row: number;
  readonly highlight: string | null;
  readonly snippet: string | null;
};

/** FTS5's answers for the rows that match. Null where FTS5 refuses the query. */
export function fromFts5(sqlite: Database.Database, table: string, { query, column, tokens }: Asked): Marked[] {
  return sqlite
    .prepare(
      `SELECT rowid AS row, highlight(${table}, ?, '[', ']') AS highlight, snippet(${table}, ?, '[', ']', '…', ?) AS snippet
         FROM ${table} WHERE ${table} MATCH ? ORDER BY rowid`,
    )
    .all(column, column, tokens, query) as Marked[];
}

/** PostgreSQL's for the same rows, from their texts. */
export async function fromTexts(
  pool: pg.Pool,
  index: { readonly key: string; readonly columns: readonly string[]; readonly indexed: readonly boolean[] },
  { query, column, tokens }: Asked,
  rows: readonly { readonly row: number; readonly texts: Rows[number] }[],
): Promise<Marked[]> {
  const { rows: found } = await pool.query<Marked>(
    `SELECT r.row, fts5.highlight_text($1, $2, t.texts, $4, $5, '[', ']', $3) AS highlight,
            fts5.snippet_text($1, $2, t.texts, $4, $5, '[', ']', '…', $6, $3) AS snippet
       FROM jsonb_to_recordset($7) AS r(row int, texts jsonb),
            LATERAL (SELECT ARRAY(SELECT jsonb_array_elements_text(r.texts)) AS texts) t ORDER BY 1`,
    [index.key, index.columns, index.indexed, query, column, tokens, JSON.stringify(rows)],
  );
  return found;
}
