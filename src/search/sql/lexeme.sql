-- Tokens as lexemes of a tsvector.

-- A lexeme holds at most 2046 bytes; FTS5 knows no such limit. E'\x02' begins the layout's own lexemes, so a token that
-- begins with it takes a second one. FTS5 cuts tokens at 32768 bytes, which may be within a character. Documents and
-- queries go through here alike.
CREATE OR REPLACE FUNCTION fts5.lexeme(token text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN starts_with(token, E'\x02') THEN E'\x02' ELSE '' END
      || CASE WHEN octet_length(token) <= 2000 THEN token ELSE left(token, 480) || E'\x02' || md5(substr(convert_to(token, 'UTF8'), 1, 32768)) END
$$;

-- As the text forms of tsvector and tsquery want it.
CREATE OR REPLACE FUNCTION fts5.quoted(lexeme text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT '''' || replace(replace(lexeme, E'\\', E'\\\\'), '''', '''''') || ''''
$$;
