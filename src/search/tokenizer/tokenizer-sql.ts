/**
 * The functions of one tokenizer in the database: `fts5.<key>_normal`, `_tokens` and `_spans`, each exactly what
 * FTS5's own tokenizer makes of the text. Made from its tables, since PostgreSQL's parser, lower() and unaccent
 * follow others. Tokens without a character, which FTS5 makes of a lone mark where marks belong to tokens and
 * are removed, are left out: no vector can hold them.
 */

import { literal } from "./character-class.ts";
import { functionSql } from "./function-sql.ts";
import type { KnownTokenizer, PorterTokenizer, WordTokenizer } from "./tokenizer.ts";
import { trigramSql } from "./trigram-sql.ts";
import { wordClasses, wordNormalSql } from "./word-sql.ts";

/** CREATE OR REPLACE statements, in order; a porter's call those of its base, which are among them. */
export function tokenizerSql(tokenizer: KnownTokenizer): string[] {
  if (tokenizer.kind === "porter") return [...tokenizerSql(tokenizer.base), ...porterSql(tokenizer)];
  if (tokenizer.kind === "trigram") return trigramSql(tokenizer);
  return [wordNormalSql(tokenizer), wordTokensSql(tokenizer), wordSpansSql(tokenizer)];
}

function wordTokensSql({ key, separator }: WordTokenizer): string {
  return functionSql(
    `${key}_tokens(t text)`,
    "text[]",
    `SELECT string_to_array(fts5.${key}_normal(t), ${literal(separator)})`,
  );
}

/** What is between tokens and a token in turn; a token takes the marks behind it along. */
function wordSpansSql(tokenizer: WordTokenizer): string {
  const { begin, go, gap } = wordClasses(tokenizer);
  return functionSql(
    `${tokenizer.key}_spans(t text)`,
    "TABLE (token text, first integer, past integer)",
    `SELECT s.token, s.past - length(s.piece), s.past FROM (
    SELECT r.m[2] AS piece, fts5.${tokenizer.key}_normal(r.m[2]) AS token, r.n,
      (sum(length(r.m[1]) + length(r.m[2])) OVER (ORDER BY r.n))::integer AS past
    FROM regexp_matches(t COLLATE "C", E'(${gap}*)(${begin}${go}*)', 'g') WITH ORDINALITY r (m, n)
  ) s WHERE s.token <> '' ORDER BY s.n`,
  );
}

function porterSql({ key, base }: PorterTokenizer): string[] {
  return [
    functionSql(`${key}_normal(t text)`, "text", `SELECT fts5.${base.key}_normal(t)`),
    functionSql(
      `${key}_tokens(t text)`,
      "text[]",
      `SELECT ARRAY(SELECT fts5.porter_stem(u.w) FROM unnest(fts5.${base.key}_tokens(t)) WITH ORDINALITY u (w, n) ORDER BY u.n)`,
    ),
    functionSql(
      `${key}_spans(t text)`,
      "TABLE (token text, first integer, past integer)",
      `SELECT fts5.porter_stem(s.token), s.first, s.past FROM fts5.${base.key}_spans(t) s`,
    ),
  ];
}
