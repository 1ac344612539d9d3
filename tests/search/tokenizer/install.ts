/** Puts tokenizers into a database as far as these tests need them: the schema, the stemmer and their functions. */
import { readFileSync } from "node:fs";
import type { Pool } from "pg";
import type { KnownTokenizer } from "../../../src/search/tokenizer/tokenizer.ts";
import { tokenizerSql } from "../../../src/search/tokenizer/tokenizer-sql.ts";

export async function installTokenizers(pool: Pool, tokenizers: readonly KnownTokenizer[]): Promise<void> {
  await pool.query("CREATE SCHEMA IF NOT EXISTS fts5");
  await pool.query(readFileSync(new URL("../../../src/search/sql/porter.sql", import.meta.url), "utf8"));
  for (const statement of new Set(tokenizers.flatMap(tokenizerSql))) await pool.query(statement);
}

export async function tokensOf(pool: Pool, key: string, texts: readonly string[]): Promise<string[][]> {
  const query = `SELECT fts5."${key}_tokens"(t) AS tokens FROM unnest($1::text[]) WITH ORDINALITY u (t, n) ORDER BY n`;
  const { rows } = await pool.query<{ tokens: string[] }>(query, [texts]);
  return rows.map(({ tokens }) => tokens);
}
