/** Installs some of the search functions, as they stand in src/search/sql. */
import { readFileSync } from "node:fs";
import type pg from "pg";

export async function installSql(pool: pg.Pool, files: readonly string[]): Promise<void> {
  await pool.query("CREATE SCHEMA IF NOT EXISTS fts5");
  for (const file of files) {
    await pool.query(readFileSync(new URL(`../../../src/search/sql/${file}`, import.meta.url), "utf8"));
  }
}
