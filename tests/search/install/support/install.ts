/** Installing, and one full-text table with everything on it, as a run would make it. */
import type pg from "pg";
import type { FullTextColumn, FullTextContent, FullTextIndex } from "../../../../src/search/full-text-index.ts";
import { indexSql } from "../../../../src/search/index-sql.ts";
import { installSql } from "../../../../src/search/install.ts";
import { parseTokenizer } from "../../../../src/search/tokenizer/parse-tokenizer.ts";
import type { KnownTokenizer } from "../../../../src/search/tokenizer/tokenizer.ts";

export async function transaction(pool: pg.Pool, statements: readonly string[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    for (const sql of statements) await client.query(sql);
    await client.query("COMMIT");
  } catch (thrown) {
    await client.query("ROLLBACK");
    throw thrown;
  } finally {
    client.release();
  }
}

export async function install(pool: pg.Pool, schema = "fts5"): Promise<void> {
  await transaction(pool, installSql(schema));
}

export function known(tokenize: string): KnownTokenizer {
  const tokenizer = parseTokenizer(tokenize);
  if (!tokenizer.known) throw new Error(tokenizer.reason);
  return tokenizer;
}

/** In schema `work`, which `finish` moves nowhere: the final schema is `public`, as after a switch. */
export function fullText(
  name: string,
  columns: readonly FullTextColumn[],
  content: FullTextContent,
  tokenize = "unicode61",
): FullTextIndex {
  return {
    final: { schema: "public", table: name },
    staging: { schema: "work", table: name },
    tokenize,
    tokenizer: known(tokenize),
    columns,
    vector: "tsv",
    length: "len",
    big: "big",
    content,
    detail: "full",
    weights: null,
    suffix: name,
    build: "copied",
  };
}

export function column(name: string, type = "text", indexed = true): FullTextColumn {
  return { name, indexed, target: { column: name, type } };
}

/** Makes the table in `work`, finishes it and moves it, with the tables beside it, to `public`. */
export async function createIndex(pool: pg.Pool, index: FullTextIndex, beside: readonly string[] = []): Promise<void> {
  const sql = indexSql(index);
  const tables = [...beside, index.final.table];
  await transaction(pool, [
    sql.table,
    ...sql.finish.map((step) => step.sql),
    ...tables.map((table) => `ALTER TABLE work."${table}" SET SCHEMA public`),
  ]);
}
