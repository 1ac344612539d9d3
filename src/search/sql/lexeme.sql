-- Tokens as lexemes of a tsvector.

-- A lexeme holds at most 2046 bytes; FTS5 knows no such limit. Documents and queries go through here alike.
CREATE OR REPLACE FUNCTION fts5.lexeme(token text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length(token) <= 2000 THEN token ELSE left(token, 480) || E'\x02' || md5(token) END
$$;

-- As the text form of a tsvector wants it.
CREATE OR REPLACE FUNCTION fts5.quoted(lexeme text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT '''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || ''''
$$;
