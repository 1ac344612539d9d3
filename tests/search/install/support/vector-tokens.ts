/** Reads a full-text table's tokens back out of its vectors and positions, by the layout's own rules. */
import type pg from "pg";
import { type Instance, sorted } from "./fts5.ts";

type Row = { rowid: string; lexeme: string; position: number; label: string };

/** For tables of at most four indexed columns; `numbers`: by indexed column, its number among all. */
export async function vectorTokens(pool: pg.Pool, table: string, numbers: readonly number[]): Promise<Instance[]> {
  const { rows } = await pool.query<Row>(
    `SELECT f.rowid, e.lexeme, p.position::int, e.weights[p.n] AS label FROM ${table} f, unnest(f.tsv) e,
       unnest(e.positions) WITH ORDINALITY p(position, n) WHERE NOT f.big`,
  );
  const marker = "\u0002^";
  const start = new Map(rows.filter((r) => r.lexeme === marker).map((r) => [`${r.rowid} ${r.label}`, r.position]));
  const small = rows
    .filter((r) => r.lexeme !== marker)
    .map((r) => ({
      rowid: Number(r.rowid),
      col: numbers["ABCD".indexOf(r.label)] ?? -1,
      offset: r.position - (start.get(`${r.rowid} ${r.label}`) ?? Number.NaN) - 1,
      token: r.lexeme,
    }));
  const big = await pool.query<{ rowid: string; lexeme: string; col: number; offset: number }>(
    "SELECT rowid, lexeme, col, unnest(pos) AS offset FROM fts5.positions WHERE relation = $1::regclass",
    [table],
  );
  return sorted([
    ...small,
    ...big.rows.map((r) => ({ rowid: Number(r.rowid), col: r.col, offset: r.offset, token: r.lexeme })),
  ]);
}

/** What is counted, and what is true. */
export async function counted(pool: pg.Pool, table: string): Promise<{ kept: string; actual: string }> {
  const { rows } = await pool.query<{ kept: string; actual: string }>(
    `SELECT (SELECT coalesce(sum(rows), 0) || '/' || coalesce(sum(tokens), 0) FROM fts5.statistics WHERE relation = $1::regclass) AS kept,
       (SELECT count(*) || '/' || coalesce(sum(len), 0) FROM ${table}) AS actual`,
    [table],
  );
  return rows[0] ?? { kept: "", actual: "?" };
}
