/** Databases with full-text tables, moved by the command line; and the same questions asked of FTS5 and of PostgreSQL. */
import Database from "better-sqlite3";
import type pg from "pg";
import { expect } from "vitest";
import { workspace } from "../cli/workspace.ts";
import { type CliResult, rowhaul } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

export type Space = ReturnType<typeof workspace>;

/** What the search validator says is tested elsewhere; here FTS5 is asked directly. */
export const unproven = "validate: { search: 'off' }";

export async function inDatabase(work: (database: TestDatabase, space: Space) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  try {
    await work(database, workspace());
  } finally {
    await database.drop();
  }
}

export const command = (space: Space, name: string, ...args: string[]): Promise<CliResult> =>
  rowhaul([name, "pipeline.yaml", ...args], { cwd: space.folder });

/** Fails with the command's own words. */
export async function succeed(space: Space, name: string, ...args: string[]): Promise<CliResult> {
  const result = await command(space, name, ...args);
  expect(result.exit === 0 ? "" : result.all).toBe("");
  return result;
}

/** With integers as they are, and blobs and reals bound as such. */
export function inSqlite(space: Space, work: (db: Database.Database) => void): void {
  const db = new Database(space.path("app.db")).defaultSafeIntegers();
  try {
    work(db);
  } finally {
    db.close();
  }
}

/** `rowid score`, in order; both to the last bit. */
export function ofSqlite(file: string, table: string, query: string): string[] {
  const db = new Database(file, { readonly: true });
  try {
    const name = `"${table.replaceAll('"', '""')}"`;
    return db
      .prepare<[string], { id: string; score: number }>(
        `SELECT CAST(rowid AS TEXT) AS id, rank AS score FROM ${name} WHERE ${name} MATCH ? ORDER BY rank, rowid`,
      )
      .all(query)
      .map(({ id, score }) => `${id} ${score}`);
  } finally {
    db.close();
  }
}

/** `table`: as SQL names it. */
export async function ofPostgres(pool: pg.Pool, table: string, query: string, schema = "fts5"): Promise<string[]> {
  const { rows } = await pool.query(`SELECT rowid, rank FROM "${schema}".search($1::regclass, $2)`, [table, query]);
  return rows.map(({ rowid, rank }) => `${rowid} ${rank}`);
}

export async function hits(pool: pg.Pool, table: string, query: string): Promise<number[]> {
  const { rows } = await pool.query("SELECT rowid::int AS id FROM fts5.search($1::regclass, $2, ranked => false)", [
    table,
    query,
  ]);
  return rows.map(({ id }) => Number(id));
}

/** Same rows, same order, same scores; returns how many hits there were, so that nobody compares nothing with nothing. */
export async function expectSame(
  pool: pg.Pool,
  file: string,
  tables: readonly string[],
  queries: readonly string[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of tables)
    for (const query of queries) {
      const expected = ofSqlite(file, table, query);
      const found = await ofPostgres(pool, `"${table.replaceAll('"', '""')}"`, query);
      expect({ table, query, found }).toEqual({ table, query, found: expected });
      counts[table] = (counts[table] ?? 0) + found.length;
    }
  return counts;
}

/** One column, as text. */
export async function list(pool: pg.Pool, sql: string): Promise<string[]> {
  const { rows } = await pool.query({ text: sql, rowMode: "array" });
  return (rows as unknown[][]).map((row) => row.map(String).join(" "));
}

/** An index of each content mode over few texts, one of them beyond tsvector's limits. */
export const library = `
  CREATE TABLE docs (id INTEGER PRIMARY KEY, title TEXT, body TEXT);
  CREATE VIRTUAL TABLE docs_fts USING fts5(title, body, content=docs, content_rowid=id, tokenize="porter unicode61 tokenchars '-'");
  CREATE VIRTUAL TABLE own USING fts5(a, b UNINDEXED);
  CREATE VIRTUAL TABLE less USING fts5(x, content='');
  INSERT INTO docs VALUES (1, 'alpha dog', 'beta'), (2, 'running dogs', 'alpha well-known'), (3, 'x', 'y'), (4, '${"alpha ".repeat(300)}', 'dog');
  INSERT INTO docs_fts(docs_fts) VALUES ('rebuild');
  INSERT INTO own(rowid, a, b) VALUES (1, 'alpha dog', 'beta'), (2, 'dog', 'x');
  INSERT INTO less(rowid, x) VALUES (1, 'alpha dog'), (2, 'dog');`;

export const indexes = ["docs_fts", "own", "less"];
export const questions = ["dog", "alpha AND dog", "alp*", '"alpha dog"', "^alpha", "NEAR(alpha dog, 3)", "beta OR dog"];
