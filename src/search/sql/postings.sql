-- Postings, an option for big tables: each word of each row as one row of a table, with its occurrences in all
-- indexed columns together (tf) and the row's number of tokens (dl). Ranked searches that consist of words under
-- AND and OR read them in the order of rowids and never touch a vector. A word of one column alone would need
-- counts by column, which would make every row larger for a rare kind of query.

-- Whether the caller may see all rows of the full-text table, and so its words. The tables' policies ask this too.
CREATE OR REPLACE FUNCTION fts5.postings_readable(name text) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM fts5.indexes i
                  WHERE i.postings = $1 AND has_table_privilege(i.relation, 'SELECT') AND NOT row_security_active(i.relation::oid))
$$;

-- Null when the query needs more than postings; the caller may read them. `weights` are those of the indexed columns; occurrences are not
-- kept by column, so they must be equal.
CREATE OR REPLACE FUNCTION fts5.postings_ranked_sql(plan jsonb, index fts5.indexes, weights float8[]) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  n int := (plan -> 'phrases')::int;
  joined text := CASE WHEN n <= 16 THEN fts5.postings_sql(plan -> 'root', index) END;
  frequencies text[] := '{}';
  hits text[];
BEGIN
  IF joined IS NULL OR weights[1] = 0 OR NOT weights[1] = ALL (weights) THEN RETURN NULL; END IF;
  FOR i IN 1 .. n LOOP
    frequencies := frequencies || fts5.frequency_sql(ARRAY[format('coalesce(j.f%s, 0)::float8', i)], weights[1:1]);
  END LOOP;
  hits := ARRAY(SELECT fts5.postings_hits_sql(p, index) FROM jsonb_path_query(plan -> 'root', 'strict $.**.phrases[*]') p
                 ORDER BY (p -> 'number')::int);
  RETURN fts5.scored_sql('SELECT j.rowid, j.dl::float8 AS len, ' || fts5.columns_sql(frequencies) || ' FROM (' || joined || ') j',
                         'NOT MATERIALIZED', fts5.idfs_sql(hits), index.relation, n);
END $$;

-- A statement with rowid, dl and the frequencies f1, f2 … of the node's phrases. An OR is a full join, so that a word
-- below it counts only where its whole branch matches. Null when a node is more than words, AND and OR.
CREATE OR REPLACE FUNCTION fts5.postings_sql(node jsonb, index fts5.indexes) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  parts text[];
  f text;
BEGIN
  IF node ->> 'op' = 'near' THEN
    IF jsonb_array_length(node -> 'phrases') > 1 OR NOT fts5.is_word(node #> '{phrases,0}') THEN RETURN NULL; END IF;
    RETURN format('SELECT p.rowid, p.dl, p.tf AS f%s FROM fts5.%I p WHERE p.term = %L', (node #> '{phrases,0,number}')::int + 1,
                  index.postings, node #>> '{phrases,0,lexemes,0}');
  END IF;
  IF node ->> 'op' = 'not' THEN RETURN NULL; END IF;
  parts := ARRAY(SELECT fts5.postings_sql(value, index) FROM jsonb_array_elements(node -> 'items') WITH ORDINALITY e(value, n) ORDER BY n);
  IF array_position(parts, NULL) IS NOT NULL THEN RETURN NULL; END IF;
  SELECT string_agg('f' || ((number::int) + 1), ', ' ORDER BY number::int) INTO f
    FROM jsonb_path_query(node, 'strict $.**.phrases[*].number') number;
  RETURN (SELECT 'SELECT rowid, coalesce(' || string_agg(format('t%s.dl', n), ', ' ORDER BY n) || ') AS dl, ' || f || ' FROM '
                 || string_agg(format('(%s) t%s%s', part, n, CASE WHEN n > 1 THEN ' USING (rowid)' END),
                               CASE node ->> 'op' WHEN 'or' THEN ' FULL JOIN ' ELSE ' JOIN ' END ORDER BY n)
            FROM unnest(parts) WITH ORDINALITY u(part, n));
END $$;

-- One word, whole, in any column.
CREATE OR REPLACE FUNCTION fts5.is_word(phrase jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_array_length(phrase -> 'lexemes') = 1 AND phrase -> 'prefixes' = '[false]'
     AND NOT (phrase -> 'initial')::boolean AND jsonb_typeof(phrase -> 'columns') = 'null'
$$;

-- In how many rows the word occurs: a count in the index alone.
CREATE OR REPLACE FUNCTION fts5.postings_hits_sql(phrase jsonb, index fts5.indexes) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT format('(SELECT count(*) FROM fts5.%I p WHERE p.term = %L)', index.postings, phrase #>> '{lexemes,0}')
$$;
