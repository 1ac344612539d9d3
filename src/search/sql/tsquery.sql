-- The texts of tsqueries: phrases, column filters, ^ and NEAR over the layout of the vectors.

-- A phrase. In every column a marker stands in front of the first token, for ^.
CREATE OR REPLACE FUNCTION fts5.phrase_query(phrase jsonb, columns int[], labels boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  lexemes text[] := ARRAY(SELECT jsonb_array_elements_text(phrase -> 'lexemes'));
  prefixes boolean[] := ARRAY(SELECT jsonb_array_elements(phrase -> 'prefixes')::boolean);
BEGIN
  IF (phrase -> 'initial')::boolean THEN
    lexemes := E'\x02^'::text || lexemes;
    prefixes := false || prefixes;
  END IF;
  RETURN fts5.chain(lexemes, prefixes, array_fill('<->'::text, ARRAY[cardinality(lexemes)]), columns, labels);
END $$;

-- The phrase for vectors without positions: its tokens in any order. Columns only where they are lexemes.
CREATE OR REPLACE FUNCTION fts5.loose_query(phrase jsonb, columns int[]) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT fts5.balanced(array_agg(fts5.operand(lexeme, (prefix)::boolean, columns, false) ORDER BY n), array_agg('&'::text))
    FROM ROWS FROM (jsonb_array_elements_text(phrase -> 'lexemes'), jsonb_array_elements(phrase -> 'prefixes'))
         WITH ORDINALITY u(lexeme, prefix, n)
$$;

-- NEAR of two phrases as the OR of all ways they can lie to each other: the one that starts first starts at most (its
-- tokens + distance) before the other.
CREATE OR REPLACE FUNCTION fts5.near_query(phrases jsonb[], distance int, columns int[], labels boolean) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT fts5.balanced(array_agg(way), array_agg('|'::text))
    FROM (SELECT CASE WHEN d >= a THEN '(' || (phrases[1] ->> 'match') || ' <' || d - a + 1 || '> ' || (phrases[2] ->> 'match') || ')'
                      WHEN -d >= b THEN '(' || (phrases[2] ->> 'match') || ' <' || -d - b + 1 || '> ' || (phrases[1] ->> 'match') || ')'
                      ELSE fts5.near_alternative(phrases, ARRAY[greatest(d, 0), greatest(-d, 0)], columns, labels) END AS way
            FROM (SELECT jsonb_array_length(phrases[1] -> 'lexemes') AS a, jsonb_array_length(phrases[2] -> 'lexemes') AS b) s,
                 generate_series(-b - distance, a + distance) d OFFSET 0) w
   WHERE way IS NOT NULL
$$;

-- One way: phrase i starts backs[i] before the last start. Phrases may overlap where their tokens agree; null where they do not.
CREATE OR REPLACE FUNCTION fts5.near_alternative(phrases jsonb[], backs int[], columns int[], labels boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  lexemes text[] := '{}';
  prefixes boolean[] := '{}';
  operators text[] := '{}';
  last int;
  t record;
BEGIN
  FOR t IN
    SELECT (n - backs[i])::int AS place, lexeme COLLATE "C" AS lexeme, prefix::boolean AS prefix
      FROM generate_subscripts(phrases, 1) i,
           ROWS FROM (jsonb_array_elements_text(phrases[i] -> 'lexemes'), jsonb_array_elements(phrases[i] -> 'prefixes'))
           WITH ORDINALITY u(lexeme, prefix, n)
     ORDER BY 1
  LOOP
    IF t.place = last THEN
      -- two tokens in one place: the longer one must satisfy the other
      IF prefixes[cardinality(prefixes)] AND starts_with(t.lexeme, lexemes[cardinality(lexemes)]) THEN
        lexemes[cardinality(lexemes)] := t.lexeme;
        prefixes[cardinality(prefixes)] := t.prefix;
      ELSIF NOT (t.lexeme = lexemes[cardinality(lexemes)] OR (t.prefix AND starts_with(lexemes[cardinality(lexemes)], t.lexeme))) THEN
        RETURN NULL;
      END IF;
    ELSE
      IF last IS NOT NULL THEN operators := operators || ('<' || t.place - last || '>'); END IF;
      lexemes := lexemes || t.lexeme;
      prefixes := prefixes || t.prefix;
      last := t.place;
    END IF;
  END LOOP;
  RETURN fts5.chain(lexemes, prefixes, operators, columns, labels);
END $$;

-- Tokens with operators between them. Only the first token needs the column filter: gaps keep columns apart. Where columns
-- are lexemes and it is one column, all tokens take it: ts_rank_cd miscounts different lexemes in one place.
CREATE OR REPLACE FUNCTION fts5.chain(lexemes text[], prefixes boolean[], operators text[], columns int[], labels boolean) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT fts5.balanced(array_agg(fts5.operand(lexeme, prefix, CASE WHEN n = 1 OR (NOT labels AND cardinality(columns) = 1) THEN columns END, labels) ORDER BY n), operators)
    FROM unnest(lexemes, prefixes) WITH ORDINALITY u(lexeme, prefix, n)
$$;

CREATE OR REPLACE FUNCTION fts5.operand(lexeme text, prefix boolean, columns int[], labels boolean) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN columns IS NULL OR labels THEN
      fts5.quoted(lexeme)
        || CASE WHEN prefix OR columns IS NOT NULL THEN ':' ELSE '' END || CASE WHEN prefix THEN '*' ELSE '' END
        || CASE WHEN columns IS NULL THEN '' ELSE (SELECT string_agg(chr(65 + c), '') FROM unnest(columns) c) END
    ELSE
      (SELECT '(' || string_agg(fts5.quoted(E'\x02' || c || E'\x02' || lexeme) || CASE WHEN prefix THEN ':*' ELSE '' END, ' | ') || ')'
         FROM unnest(columns) c)
    END
$$;

-- The items with operators[i] between items i and i + 1, in brackets so that the depth grows with the logarithm.
CREATE OR REPLACE FUNCTION fts5.balanced(items text[], operators text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  WHILE cardinality(items) > 1 LOOP
    SELECT array_agg(CASE WHEN b IS NULL THEN a ELSE '(' || a || ' ' || o || ' ' || b || ')' END ORDER BY n), array_agg(next ORDER BY n)
      INTO items, operators
      FROM (SELECT n, item AS a, operator AS o, lead(item) OVER w AS b, lead(operator) OVER w AS next
              FROM unnest(items, operators[1:cardinality(items)]) WITH ORDINALITY u(item, operator, n) WINDOW w AS (ORDER BY n)) s
     WHERE n % 2 = 1;
  END LOOP;
  RETURN items[1];
END $$;
