/** The search functions in a test database, with what they stand on: registry, positions and an ASCII tokenizer. */
import { readFileSync } from "node:fs";
import type pg from "pg";

/** `ascii_tokens` is FTS5's ascii tokenizer for texts in ASCII. */
export async function installSearch(pool: pg.Pool): Promise<void> {
  await pool.query(
    `SET check_function_bodies = off; CREATE SCHEMA fts5; ${tables}${tokenizer}${files.map(read).join("\n")}`,
  );
}

const files = ["lexeme", "parse", "tsquery", "match", "evaluate", "near", "rank", "postings", "search"];

function read(name: string): string {
  return readFileSync(new URL(`../../../../src/search/sql/${name}.sql`, import.meta.url), "utf8");
}

const tables = `
CREATE TABLE fts5.indexes (
  relation regclass PRIMARY KEY, tokenize text NOT NULL, key text NOT NULL, columns text[] NOT NULL, indexed boolean[] NOT NULL,
  detail text NOT NULL DEFAULT 'full', vector text NOT NULL DEFAULT 'tsv', length text NOT NULL DEFAULT 'len',
  big text NOT NULL DEFAULT 'big', content regclass, content_key text, content_columns text[], weights float8[],
  functions text[] NOT NULL DEFAULT '{}', postings text);
CREATE TABLE fts5.statistics (relation regclass NOT NULL, rows bigint NOT NULL, tokens bigint NOT NULL);
CREATE TABLE fts5.positions (relation regclass NOT NULL, rowid bigint NOT NULL, lexeme text COLLATE "C" NOT NULL,
  col smallint NOT NULL, pos int[] NOT NULL, PRIMARY KEY (relation, rowid, lexeme, col));`;

const tokenizer = `
CREATE FUNCTION fts5.ascii_tokens(t text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT AS
$$ SELECT array_remove(string_to_array(regexp_replace(lower(t COLLATE "C"), '[^a-z0-9]+', ' ', 'g'), ' '), '') $$;`;
