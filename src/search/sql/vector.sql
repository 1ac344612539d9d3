-- Tokens to positions: the parts that all tokenizers share. Words of [a-z0-9] are placed by to_tsvector, at C
-- speed; PostgreSQL's parser takes such words whole once those it would split are marked. Everything else is
-- placed by the text form of a tsvector.
--
-- The configurations are ours: those of pg_catalog may be altered by whoever owns the database.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_ts_dict WHERE dictname = 'plain' AND dictnamespace = 'fts5'::regnamespace) THEN
    CREATE TEXT SEARCH DICTIONARY fts5.plain (TEMPLATE = pg_catalog.simple);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_ts_config WHERE cfgname = 'plain' AND cfgnamespace = 'fts5'::regnamespace) THEN
    CREATE TEXT SEARCH CONFIGURATION fts5.plain (PARSER = pg_catalog."default");
    ALTER TEXT SEARCH CONFIGURATION fts5.plain ADD MAPPING FOR asciiword, numword WITH fts5.plain;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_ts_config WHERE cfgname = 'stemmed' AND cfgnamespace = 'fts5'::regnamespace) THEN
    CREATE TEXT SEARCH CONFIGURATION fts5.stemmed (PARSER = pg_catalog."default");
    ALTER TEXT SEARCH CONFIGURATION fts5.stemmed ADD MAPPING FOR asciiword WITH fts5.porter;
    ALTER TEXT SEARCH CONFIGURATION fts5.stemmed ADD MAPPING FOR numword WITH fts5.plain;
  END IF;
END $$;

-- `words`: [a-z0-9]+ with one space between, each at most 2000 bytes, at most 16,382 of them. A word that starts
-- with a digit would be split (1e5x) or be a number, so it gets the mark zq0; so does every word that starts
-- with the mark by nature, and then whatever is marked in the vector was marked here.
CREATE OR REPLACE FUNCTION fts5.plain_words(words text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF words COLLATE "C" !~ '(^| )[0-9]|zq0' THEN RETURN to_tsvector('fts5.plain'::regconfig, words); END IF;
  RETURN replace(to_tsvector('fts5.plain'::regconfig,
    regexp_replace(words COLLATE "C", '(^| )(?=[0-9]|zq0)', E'\\1zq0', 'g'))::text, '''zq0', '''')::tsvector;
END $$;

-- The same, stemmed. Words of one or two letters, which SQLite leaves as they are, and words with digits, which
-- end in no suffix unless their last letter says so, are marked; where the two stemmers may differ, SQLite's
-- stem is put in place of the word. A mark makes a word a numword, and those are not stemmed.
CREATE OR REPLACE FUNCTION fts5.stemmed_words(words text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  marked text COLLATE "C";
  -- fts5.porter_differs() word by word, and words with digits that end in a letter, and those over 64 bytes
  differs CONSTANT text COLLATE "C" := E'(?:log|bl)[iy](?:e?s|eds?|ings?)?\\M|(?:cc|hh|jj|kk|qq|vv|ww|xx|yy|00|11|22|33|44|55|66|77|88|99)(?:ed|ing)s?\\M|\\m(?:ies|sses|eeds?|ization[a-z0-9]*|(?:at|iz)(?:ed|ing)s?)\\M|[0-9][a-z]+\\M|[a-z0-9]{65}';
BEGIN
  IF words COLLATE "C" ~ differs THEN
    SELECT string_agg(CASE
        WHEN w COLLATE "C" ~ differs THEN 'zq0' || fts5.porter_stem(w)
        WHEN w COLLATE "C" ~ '[0-9]' OR length(w) < 3 THEN 'zq0' || w
        ELSE w END, ' ' ORDER BY o)
      INTO marked FROM string_to_table(words, ' ') WITH ORDINALITY AS s(w, o);
  ELSE
    marked := regexp_replace(words COLLATE "C", E'\\m(?=[a-z0-9]{1,2}\\M|[a-z]*[0-9])', 'zq0', 'g');
  END IF;
  IF strpos(marked, 'zq0') = 0 THEN RETURN to_tsvector('fts5.stemmed'::regconfig, marked); END IF;
  RETURN replace(to_tsvector('fts5.stemmed'::regconfig, marked)::text, '''zq0', '''')::tsvector;
END $$;

-- Any tokens at positions 1 and up. `twin`: the prefix of the second lexeme that each has at the same position
-- where columns outnumber tsvector's four labels; null where they do not.
CREATE OR REPLACE FUNCTION fts5.placed(tokens text[], twin text DEFAULT NULL) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(string_agg(fts5.quoted(w) || ':' || o || coalesce(' ' || fts5.quoted(twin || w) || ':' || o, ''), ' '), '')::tsvector
  FROM (SELECT fts5.lexeme(t) AS w, o FROM unnest(tokens) WITH ORDINALITY AS s(t, o)) AS s
$$;

-- A lexeme of a tsvector has at most 255 positions, and drops further ones silently: 255 may be all or a part.
-- The text form is looked at first, as its pieces that are long enough are few.
CREATE OR REPLACE FUNCTION fts5.is_full(v tsvector) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT EXISTS (SELECT FROM string_to_table(v::text, ' ') AS piece WHERE octet_length(piece) >= 900)
    AND EXISTS (SELECT FROM unnest(v) AS e WHERE cardinality(e.positions) >= 255)
$$;

-- A row near a limit, from its positions by column: exact, and at any size. `positions`: the arrays side by side.
CREATE OR REPLACE FUNCTION fts5.assembled(lexemes text[], cols int[], offsets int[], columns int, OUT tsv tsvector, OUT len integer, OUT big boolean)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  last_position bigint;
  most bigint;
  size bigint;
  bytes bigint;
  plain text;
  alone text[];
BEGIN
  len := cardinality(lexemes);
  WITH token AS MATERIALIZED (
    SELECT l COLLATE "C" AS l, c, o FROM unnest(lexemes, cols, offsets) AS u(l, c, o)
  ), base AS MATERIALIZED (
    SELECT c, n, 1 + coalesce(sum(n + 128) OVER (ORDER BY c ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS at
    FROM (SELECT c, count(*) AS n FROM token GROUP BY c) AS s
  ), placed AS (
    SELECT t.l, b.at + 1 + t.o AS p, t.c FROM token t JOIN base b USING (c)
    UNION ALL SELECT E'\x02^', at, c FROM base
  ), entry AS (
    SELECT l, p, CASE WHEN columns <= 4 THEN substr('ABCD', c + 1, 1) ELSE '' END AS label FROM placed
    UNION ALL SELECT E'\x02' || c || E'\x02' || l, p, '' FROM placed WHERE columns > 4
  ), word AS MATERIALIZED (
    SELECT l, count(*) AS n, max(p) AS last, CASE WHEN count(*) < 255 THEN string_agg(p || label, ',' ORDER BY p) END AS at
    FROM entry GROUP BY l
  )
  SELECT max(last), max(n), sum(octet_length(l) + octet_length(l) % 2 + 2 + 2 * n), sum(octet_length(l)),
      CASE WHEN max(last) <= 16382 AND max(n) < 255 THEN string_agg(fts5.quoted(l) || ':' || at, ' ') END,
      array_agg(l)
    INTO last_position, most, size, bytes, plain, alone FROM word;
  big := coalesce(last_position > 16382 OR most >= 255 OR size > 1048575, false);
  IF NOT big THEN tsv := coalesce(plain, '')::tsvector;
  ELSIF bytes <= 1000000 THEN tsv := array_to_tsvector(alone);
  END IF;
END $$;
