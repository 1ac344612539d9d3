/** The functions of a trigram tokenizer: every three characters of the folded text are a token. */
import { marks } from "../unicode/marks.ts";
import { pointsOf, runsOf } from "../unicode/runs.ts";
import { bracket, literal } from "./character-class.ts";
import { foldSql, readSql } from "./fold-sql.ts";
import { functionSql } from "./function-sql.ts";
import type { TrigramTokenizer } from "./tokenizer.ts";

/** Besides the three of every tokenizer `fts5.<key>_folded(text)`, the text that a search may look into as a whole. */
export function trigramSql(tokenizer: TrigramTokenizer): string[] {
  const { key, separator } = tokenizer;
  return [
    foldedSql(tokenizer),
    // by rows, since substr() counts its way from the beginning each time
    functionSql(
      `${key}_tokens(t text)`,
      "text[]",
      `SELECT ARRAY(
    SELECT s.a || s.b || s.c FROM (
      SELECT u.a, lead(u.a) OVER w AS b, lead(u.a, 2) OVER w AS c, u.n
      FROM string_to_table(fts5.${key}_folded(t), NULL) WITH ORDINALITY u (a, n) WINDOW w AS (ORDER BY u.n)
    ) s WHERE s.c IS NOT NULL ORDER BY s.n)`,
    ),
    functionSql(
      `${key}_normal(t text)`,
      "text",
      `SELECT array_to_string(fts5.${key}_tokens(t), ${literal(separator)})`,
    ),
    // a token reaches to the next character that is not dropped, as FTS5 has it
    functionSql(
      `${key}_spans(t text)`,
      "TABLE (token text, first integer, past integer)",
      `SELECT s.a || s.b || s.c, s.n::integer - 1, s.past::integer FROM (
    SELECT f.a, lead(f.a) OVER w AS b, lead(f.a, 2) OVER w AS c, f.n, coalesce(lead(f.n, 3) OVER w - 1, length(t)) AS past
    FROM (
      SELECT fts5.${key}_folded(u.c) AS a, u.n FROM string_to_table(t, NULL) WITH ORDINALITY u (c, n) OFFSET 0
    ) f WHERE f.a <> '' WINDOW w AS (ORDER BY f.n)
  ) s WHERE s.c IS NOT NULL ORDER BY s.n`,
    ),
  ];
}

function foldedSql({ key, caseSensitive, removeDiacritics }: TrigramTokenizer): string {
  // SQLite's trigram knows no level between none and all
  const fold = caseSensitive ? readSql : foldSql(removeDiacritics ? 2 : 0);
  const drop = `  x := regexp_replace(x, E'${bracket(runsOf(pointsOf(marks)))}+', '', 'g');\n`;
  return functionSql(
    `${key}_folded(t text)`,
    "text",
    `DECLARE
  x text COLLATE "C" := ${caseSensitive ? "t" : 'lower(t COLLATE "C")'};
  before text COLLATE "C";
  after text COLLATE "C";
BEGIN
  IF octet_length(t) = length(t) THEN RETURN x; END IF;
${removeDiacritics ? drop : ""}${fold}
  RETURN x;
END`,
  );
}
