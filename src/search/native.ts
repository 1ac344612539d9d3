/**
 * PostgreSQL's own full-text search in place of FTS5's, for those who want it: the same tables and triggers,
 * with vectors made by `to_tsvector`. Its hits and their order differ; the validator says how far.
 */

import { createHash } from "node:crypto";
import { quoteLiteral } from "../core/quote.ts";
import type { KnownTokenizer } from "./tokenizer/tokenizer.ts";

/** Stands where a tokenizer of SQLite's would; only its key is used. */
export function nativeTokenizer(config: string): KnownTokenizer {
  return { known: true, kind: "ascii", key: keyOf(config), separator: " ", ascii: "" };
}

/** Fails where there is no such text search configuration; for a plan to try. */
export function nativeCheckSql(config: string): string {
  return `SELECT to_tsvector(${configSql(config)}, '')`;
}

/** `config`: with its schema if it is not one of PostgreSQL's own. */
export function nativeSql(config: string): string[] {
  return [
    // fts5.search comes here first
    `CREATE OR REPLACE FUNCTION fts5.${keyOf(config)}_tokens(t text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $function$
BEGIN
  RAISE EXCEPTION 'this table was made for PostgreSQL''s own search'
    USING ERRCODE = '55000', HINT = 'Ask its vector: tsv @@ websearch_to_tsquery(configuration, query).';
END $function$`,
    `CREATE OR REPLACE FUNCTION fts5.${keyOf(config)}_doc(texts text[], OUT tsv tsvector, OUT len integer, OUT big boolean)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $function$
BEGIN
  tsv := to_tsvector(${configSql(config)}, array_to_string(texts, ' '));
  len := length(tsv);
  big := false;
END $function$`,
    `CREATE OR REPLACE FUNCTION fts5.${keyOf(config)}_positions(texts text[]) RETURNS TABLE (lexeme text, col smallint, pos int[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $function$ SELECT NULL::text, NULL::smallint, NULL::int[] WHERE false $function$`,
  ];
}

function keyOf(config: string): string {
  const plain = /^[a-z_]{1,30}$/.test(config);
  return `native_${plain ? config : createHash("sha256").update(config).digest("hex").slice(0, 8)}`;
}

function configSql(config: string): string {
  const name = config.includes(".") ? config : `pg_catalog.${config}`;
  return `${quoteLiteral(name)}::regconfig`;
}
