/**
 * A tokenizer's functions that make the searchable form of a row. Written out per tokenizer, so that
 * a row costs a few calls of C functions and no dynamic SQL.
 */
import { quoteLiteral } from "../../core/quote.ts";
import type { KnownTokenizer } from "../tokenizer/tokenizer.ts";

/** CREATE OR REPLACE statements; they call those of `tokenizerSql`. */
export function vectorSql(tokenizer: KnownTokenizer): string[] {
  const { key } = tokenizer;
  return [
    `CREATE OR REPLACE FUNCTION fts5.${key}_vector(t text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $function$
DECLARE x text COLLATE "C"${hasWords(tokenizer) ? ` := fts5.${key}_normal(t)` : ""};
BEGIN
${placing(tokenizer, "  ", "t", (vector) => `RETURN ${vector};`)}
END $function$`,
    docSql(tokenizer),
    `CREATE OR REPLACE FUNCTION fts5.${key}_positions(texts text[]) RETURNS TABLE (lexeme text, col smallint, pos int[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $function$
  SELECT s.l, s.c, array_agg(s.o ORDER BY s.o) FROM (
    SELECT fts5.lexeme(w.t) COLLATE "C" AS l, (c.i - 1)::smallint AS c, (w.o - 1)::integer AS o
    FROM unnest(texts) WITH ORDINALITY AS c(t, i), unnest(fts5.${key}_tokens(c.t)) WITH ORDINALITY AS w(t, o)
  ) AS s GROUP BY s.l, s.c
$function$`,
  ];
}

/**
 * Columns follow one another by `||`, which adds the left side's last position to those of the right:
 * the marker of the first column is at 1, that of each further one 128 behind the last token.
 * Whatever comes near a limit of tsvector is assembled from its positions instead.
 */
function docSql(tokenizer: KnownTokenizer): string {
  const { key } = tokenizer;
  const words = hasWords(tokenizer);
  const counted = words
    ? `x := fts5.${key}_normal(texts[i]);
      CONTINUE WHEN x IS NULL OR x = '';
      bytes := bytes + octet_length(x);
      n := octet_length(x) - octet_length(replace(x, ${quoteLiteral(tokenizer.separator)}, '')) + 1;`
    : `tokens := fts5.${key}_tokens(texts[i]);
      n := coalesce(cardinality(tokens), 0);
      CONTINUE WHEN n = 0;
      bytes := bytes + octet_length(texts[i]) * 6;`;
  return `CREATE OR REPLACE FUNCTION fts5.${key}_doc(texts text[], OUT tsv tsvector, OUT len integer, OUT big boolean)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $function$
DECLARE
  columns CONSTANT integer := coalesce(cardinality(texts), 0);
  x text COLLATE "C";
  tokens text[];
  n integer;
  last_position bigint := 0;
  bytes bigint := 0;
  v tsvector;
BEGIN
  len := 0;
  big := false;
  FOR i IN 1 .. columns LOOP
      ${counted}
      last_position := last_position + CASE WHEN last_position = 0 THEN 1 ELSE 128 END + n;
      EXIT WHEN last_position > 16382 OR bytes > 250000;
      len := len + n;
${
  words
    ? `      IF columns <= 4 THEN
${placing(tokenizer, "        ", "texts[i]", (vector) => `v := ${vector};`)}
      ELSE
        v := fts5.placed(fts5.${key}_tokens(texts[i]), E'\\x02' || (i - 1) || E'\\x02');
      END IF;`
    : `      v := fts5.placed(tokens, CASE WHEN columns > 4 THEN E'\\x02' || (i - 1) || E'\\x02' END);`
}
      IF columns <= 4 THEN
        v := setweight((CASE WHEN tsv IS NULL THEN E'\\x02^:1' ELSE E'\\x02^:128' END)::tsvector || v, substr('ABCD', i, 1)::"char");
        -- labels first: the second marker must not take the first column's
        IF tsv IS NULL THEN tsv := v; ELSE tsv := tsv || v; END IF;
      ELSE
        tsv := coalesce(tsv, '') || replace(E'\\x02^:@ \\x02' || (i - 1) || E'\\x02\\x02^:@', '@', CASE WHEN tsv IS NULL THEN '1' ELSE '128' END)::tsvector || v;
      END IF;
  END LOOP;
  IF last_position > 16382 OR bytes > 250000 OR (last_position >= 255 AND fts5.is_full(tsv)) THEN
    SELECT a.tsv, a.len, a.big INTO tsv, len, big FROM (
      SELECT array_agg(fts5.lexeme(w.t)) AS lexemes, array_agg((c.i - 1)::integer) AS cols, array_agg((w.o - 1)::integer) AS offsets
      FROM unnest(texts) WITH ORDINALITY AS c(t, i), unnest(fts5.${key}_tokens(c.t)) WITH ORDINALITY AS w(t, o)
    ) AS s, fts5.assembled(s.lexemes, s.cols, s.offsets, columns) AS a;
    RETURN;
  END IF;
  tsv := coalesce(tsv, '');
END $function$`;
}

/** The statement for the text `t`, whose normal form is `x`, at C speed where its words allow. */
function placing(tokenizer: KnownTokenizer, indent: string, t: string, done: (vector: string) => string): string {
  const general = done(`fts5.placed(fts5.${tokenizer.key}_tokens(${t}))`);
  if (!hasWords(tokenizer)) return `${indent}${general}`;
  const fast = done(`fts5.${tokenizer.kind === "porter" ? "stemmed" : "plain"}_words(x)`);
  const odd = onlyWords(tokenizer) ? "" : " AND x !~ '[^a-z0-9 ]'";
  return `${indent}IF octet_length(x) = length(x)${odd} AND (octet_length(x) <= 2000 OR x !~ '[^ ]{250}') THEN
${indent}  ${fast}
${indent}ELSE
${indent}  ${general}
${indent}END IF;`;
}

/** Whether `_normal` holds the tokens, unstemmed, with one space between. */
function hasWords(tokenizer: KnownTokenizer): boolean {
  const base = tokenizer.kind === "porter" ? tokenizer.base : tokenizer;
  return base.kind !== "trigram" && base.separator === " ";
}

function onlyWords(tokenizer: KnownTokenizer): boolean {
  const base = tokenizer.kind === "porter" ? tokenizer.base : tokenizer;
  return base.kind !== "trigram" && /^[A-Za-z0-9]*$/.test(base.ascii);
}
