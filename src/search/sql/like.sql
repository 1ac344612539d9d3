-- SQLite's LIKE and GLOB. Both are inlined into the query that calls them, so that a
-- trigram index on lower(column COLLATE "C"), or on the column COLLATE "C", is used.

-- Folds ASCII letters only, and has no escape character unless one is given. like_escape
-- comes before lower: an escape character that is a letter must not meet its other case.
-- A pattern that ends in the escape character matches nothing, where PostgreSQL raises.
CREATE OR REPLACE FUNCTION fts5.like(value text, pattern text, escape text DEFAULT NULL) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT lower(value COLLATE "C") LIKE lower(
           CASE WHEN like_escape(pattern, coalesce(escape, '')) COLLATE "C" ~ E'^([^\\\\]|\\\\.)*\\\\$' THEN ''
                ELSE like_escape(pattern, coalesce(escape, '')) END COLLATE "C")
     AND CASE WHEN like_escape(pattern, coalesce(escape, '')) COLLATE "C" ~ E'^([^\\\\]|\\\\.)*\\\\$'
              THEN value IS NULL AND NULL ELSE true END
$$;

CREATE OR REPLACE FUNCTION fts5.regex_character(c text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length(c) > 1 OR c COLLATE "C" ~ '[0-9A-Za-z]' THEN c
              ELSE E'\\u' || lpad(to_hex(ascii(c)), 4, '0') END
$$;

-- [..] or [^..], ended. The first character of a range is in the class even when the range is
-- backwards; a ] at the beginning begins no range.
CREATE OR REPLACE FUNCTION fts5.glob_class(class text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT substring(class COLLATE "C" FROM E'^\\[\\^?') || CASE WHEN class COLLATE "C" ~ E'^\\[\\^?\\]' THEN E'\\u005d' ELSE '' END
         || coalesce(string_agg(fts5.regex_character(coalesce(m[1], m[3]))
              || CASE WHEN m[1] COLLATE "C" <= m[2] COLLATE "C" THEN '-' || fts5.regex_character(m[2]) ELSE '' END, ''), '')
         || ']'
    FROM regexp_matches(regexp_replace(class COLLATE "C", E'^\\[\\^?\\]?(.*)\\]$', E'\\1'), '(.)-(.)|(.)', 'g') AS m
$$;

-- The regular expression that a GLOB pattern stands for; src/search/query/text-match.ts makes
-- the same. A class is one piece; a ] at its beginning stands for itself.
CREATE OR REPLACE FUNCTION fts5.glob_regex(pattern text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN bool_or(left(piece, 1) = '[' AND piece !~ E'^\\[(\\^.|[^^])[^\\]]*\\]$') THEN 'a^' -- a class without its end matches nothing
              ELSE '^' || coalesce(string_agg(
                CASE WHEN piece = '*' THEN '.*'
                     WHEN piece = '?' THEN '.'
                     WHEN left(piece, 1) = '[' THEN fts5.glob_class(piece)
                     ELSE fts5.regex_character(piece) END, '' ORDER BY n), '') || '$' END
    FROM (SELECT m[1] COLLATE "C", n
            FROM regexp_matches(pattern COLLATE "C", E'\\[\\^?\\]?[^\\]]*\\]?|.', 'g') WITH ORDINALITY AS r(m, n)) AS p(piece, n)
$$;

CREATE OR REPLACE FUNCTION fts5.glob(value text, pattern text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT value COLLATE "C" ~ fts5.glob_regex(pattern)
$$;
