-- The search itself: a query becomes one SQL statement over the full-text table.

-- What FTS5 answers to SELECT rowid, bm25(t, weights…) … MATCH query ORDER BY rank, rowid. Not ranked: in the order of
-- rowids, rank null.
CREATE OR REPLACE FUNCTION fts5.search(
  relation regclass, query text, weights float8[] DEFAULT NULL,
  row_limit bigint DEFAULT NULL, row_offset bigint DEFAULT 0, ranked boolean DEFAULT true)
RETURNS TABLE(rowid bigint, rank float8)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  statement text := fts5.search_sql(relation, query, weights, row_limit, row_offset, ranked);
BEGIN
  IF statement IS NOT NULL THEN RETURN QUERY EXECUTE statement; END IF;
END $$;

-- The statement that a search runs, to look at its plan or to build it into a larger one.
CREATE OR REPLACE FUNCTION fts5.explain(relation regclass, query text) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT coalesce(fts5.search_sql(relation, query, NULL, NULL, 0, true),
                  'SELECT NULL::bigint AS rowid, NULL::float8 AS rank WHERE false')
$$;

-- Null when nothing can match.
CREATE OR REPLACE FUNCTION fts5.search_sql(
  relation regclass, query text, weights float8[], row_limit bigint, row_offset bigint, ranked boolean) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  index fts5.indexes := fts5.registered(relation);
  plan jsonb := fts5.plan(fts5.parse(query, index.columns), index);
  has_big boolean;
  tail text;
BEGIN
  IF plan IS NULL OR query IS NULL THEN RETURN NULL; END IF;
  has_big := EXISTS (SELECT FROM fts5.positions p WHERE p.relation = search_sql.relation);
  tail := coalesce(' LIMIT ' || row_limit, '') || CASE WHEN row_offset > 0 THEN ' OFFSET ' || row_offset ELSE '' END;
  IF NOT ranked THEN
    RETURN 'SELECT s.rowid, NULL::float8 AS rank FROM (' || fts5.matched_sql(plan, index, has_big, NULL, NULL) || ') s ORDER BY s.rowid' || tail;
  END IF;
  RETURN fts5.ranked_sql(plan, index, has_big, coalesce(weights, index.weights)) || tail;
END $$;

CREATE OR REPLACE FUNCTION fts5.registered(relation regclass) RETURNS fts5.indexes
LANGUAGE plpgsql STABLE AS $$
DECLARE
  index fts5.indexes;
BEGIN
  SELECT i.* INTO index FROM fts5.indexes i WHERE i.relation = registered.relation;
  IF index.relation IS NULL THEN
    RAISE EXCEPTION 'table % is not a full-text table', coalesce(relation::text, 'NULL')
      USING ERRCODE = 'undefined_object',
            HINT = 'Search one of the tables listed by SELECT relation FROM fts5.indexes.';
  END IF;
  RETURN index;
END $$;

-- The rows that match. Select lists of ordinary rows (t) and of those decided by fts5.evaluate (t and e.counts) are
-- given for ranking; without them it is the rowid alone.
CREATE OR REPLACE FUNCTION fts5.matched_sql(plan jsonb, index fts5.indexes, has_big boolean, by_vector text, by_counts text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  root jsonb := plan -> 'root';
  lean jsonb;
  evaluated boolean := NOT (root -> 'exact')::boolean OR (by_vector IS NULL AND by_counts IS NOT NULL);
  statement text;
BEGIN
  IF has_big THEN lean := fts5.lean(plan); END IF;
  statement := format('SELECT %s FROM %s t', 't.rowid' || coalesce(', ' || CASE WHEN evaluated THEN by_counts ELSE by_vector END, ''), index.relation);
  IF evaluated THEN
    statement := statement || format(' CROSS JOIN LATERAL (%s) e',
      fts5.evaluated_sql(plan, index, by_counts IS NOT NULL, coalesce((plan -> 'together')::boolean, by_counts IS NULL)));
  END IF;
  statement := statement || format(' WHERE t.%I @@ %L::tsquery', index.vector, root ->> 'match');
  IF has_big THEN statement := statement || format(' AND NOT t.%I', index.big); END IF;
  IF evaluated THEN statement := statement || ' AND e.counts IS NOT NULL'; END IF;
  IF NOT has_big THEN RETURN statement; END IF;
  RETURN statement || format(
    ' UNION ALL SELECT %s FROM fts5.big_rows(%L::regclass) b JOIN %s t ON t.rowid = b.rowid
        CROSS JOIN LATERAL (SELECT CASE WHEN %s THEN ''{}''::int[] ELSE fts5.evaluate(%L::jsonb, %L::regclass, t.rowid, NULL) END AS counts OFFSET 0) e
       WHERE t.%I AND (t.%I IS NULL OR t.%I @@ %L::tsquery) AND e.counts IS NOT NULL',
    't.rowid' || coalesce(', ' || by_counts, ''), index.relation::oid, index.relation,
    CASE WHEN by_counts IS NULL AND (root -> 'sharp')::boolean THEN format('t.%I IS NOT NULL', index.vector) ELSE 'false' END,
    lean, index.relation::oid, index.big, index.vector, index.vector, root ->> 'loose');
END $$;

CREATE OR REPLACE FUNCTION fts5.ranked_sql(plan jsonb, index fts5.indexes, has_big boolean, weights float8[]) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  width int := (plan -> 'width')::int;
  frame jsonb := plan - 'root';
  labels boolean := (plan #> '{layout,labels}')::boolean;
  by_column float8[] := ARRAY(SELECT CASE WHEN c::int < coalesce(cardinality(weights), 0) THEN coalesce(weights[c::int + 1], 0) ELSE 1 END
                                FROM jsonb_array_elements(plan #> '{layout,columns}') WITH ORDINALITY u(c, n) ORDER BY n);
  near boolean := plan @? '$.**.phrases[1]';
  by_vector text[] := '{}';
  by_counts text[] := '{}';
  hits text[] := '{}';
  p record;
  g record;
  counts text[];
  evaluated text[];
  used float8[];
  n int := 0;
  single boolean;
  matched text;
  statement text;
  listed boolean := index.postings IS NOT NULL AND fts5.postings_readable(index.postings);
  many boolean := NOT has_big AND (SELECT count(*) > 16 FROM fts5.counted_phrases(plan -> 'root', '{}', false, true) c WHERE c.counts);
BEGIN
  IF (plan -> 'phrases')::int > 2000 THEN
    RAISE EXCEPTION 'fts5: the query has % phrases, and at most 2000 can be ranked', plan -> 'phrases'
      USING ERRCODE = 'program_limit_exceeded', HINT = 'Search with ranked => false.';
  END IF;
  IF listed THEN statement := fts5.postings_ranked_sql(plan, index, by_column); END IF;
  IF statement IS NOT NULL THEN RETURN statement; END IF;
  FOR p IN SELECT c.* FROM fts5.counted_phrases(plan -> 'root', '{}', false, true) c WHERE c.counts LOOP
    n := n + 1;
    counts := '{}'; evaluated := '{}'; used := '{}';
    FOR g IN SELECT s.weight, s.columns FROM fts5.weight_groups(by_column, p.phrase -> 'columns') s ORDER BY s.columns LOOP
      counts := counts || fts5.occurrences_sql(p.phrase, g.columns, width, labels, index.vector);
      evaluated := evaluated || ('(' || (SELECT string_agg(format('e.counts[%s]', (p.phrase -> 'number')::int * width + c + 1), ' + ')
                                           FROM unnest(g.columns) c) || ')::float8');
      used := used || g.weight;
    END LOOP;
    by_vector := by_vector || (fts5.conditional_sql(p.branches, index.vector, fts5.frequency_sql(counts, used)));
    by_counts := by_counts || fts5.frequency_sql(evaluated, used);
    -- many are counted by one subquery over their tsqueries, since each subquery costs planning
    hits := hits || CASE WHEN many THEN p.phrase ->> 'match' WHEN listed AND fts5.is_word(p.phrase) THEN fts5.postings_hits_sql(p.phrase, index)
                         ELSE fts5.hits_sql(frame, p.phrase, index, has_big) END;
  END LOOP;
  single := n = 1 AND plan #>> '{root,op}' = 'near';
  -- evaluated, columns of one weight need no counts of their own
  matched := fts5.matched_sql(plan || jsonb_build_object('together', (SELECT count(DISTINCT w) = 1 AND bool_and(w <> 0 AND fts5.exact_weight(w)) FROM unnest(by_column) w)), index, has_big,
    CASE WHEN NOT near THEN format('t.%I::float8 AS len, ', index.length) || fts5.columns_sql(by_vector) END,
    format('t.%I::float8 AS len, ', index.length) || fts5.columns_sql(by_counts));
  RETURN fts5.scored_sql(matched, CASE WHEN single THEN 'MATERIALIZED' ELSE 'NOT MATERIALIZED' END,
    CASE WHEN single THEN 'fts5.idf(r.n, (SELECT count(*) FROM m)) AS i1' WHEN many THEN fts5.many_idfs_sql(index, hits) ELSE fts5.idfs_sql(hits) END,
    index.relation, n);
END $$;

-- `matched` gives rowid, len and the frequencies of the phrases, `idfs` their weights.
CREATE OR REPLACE FUNCTION fts5.scored_sql(matched text, materialized text, idfs text, relation regclass, phrases int) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT format('WITH m AS %s (%s), s AS MATERIALIZED (SELECT r.avgdl, %s FROM (SELECT sum(s.rows)::bigint AS n, sum(s.tokens)::float8 / nullif(sum(s.rows), 0)::float8 AS avgdl FROM fts5.statistics s WHERE s.relation = %L::regclass) r)
 SELECT m.rowid, %s AS rank FROM m, s, LATERAL (SELECT 1.2::float8 * (0.25::float8 + 0.75::float8 * m.len / s.avgdl) AS k) d ORDER BY rank, m.rowid',
    materialized, matched, idfs, relation::oid, fts5.bm25_sum(phrases))
$$;

-- Columns with the same weight are counted together where that is exact, else each by itself. Weight 0 counts nothing.
CREATE OR REPLACE FUNCTION fts5.weight_groups(weights float8[], columns jsonb) RETURNS TABLE(weight float8, columns int[])
LANGUAGE sql IMMUTABLE AS $$
  SELECT w, array_agg((n - 1)::int ORDER BY n) FROM unnest(weights) WITH ORDINALITY u(w, n)
   WHERE (jsonb_typeof($2) = 'null' OR $2 @> to_jsonb(n - 1)) AND w <> 0
   GROUP BY w, CASE WHEN (SELECT bool_and(fts5.exact_weight(x)) FROM unnest(weights) x) THEN 0 ELSE n END
$$;

-- How often the phrase occurs in the columns. With equal weights ts_rank_cd is the number of occurrences of one phrase.
CREATE OR REPLACE FUNCTION fts5.occurrences_sql(phrase jsonb, columns int[], width int, labels boolean, vector text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT '(' || string_agg(format('ts_rank_cd(''{1,1,1,1}'', t.%I, %L::tsquery)::float8', vector, q), ' + ') || ')'
    FROM (SELECT fts5.phrase_query(phrase, CASE WHEN cardinality(columns) < width THEN columns END, labels) AS q
           WHERE labels OR cardinality(columns) = width
          UNION ALL
          SELECT fts5.phrase_query(phrase, ARRAY[c], labels) FROM unnest(columns) c
           WHERE NOT labels AND cardinality(columns) < width) s
$$;

CREATE OR REPLACE FUNCTION fts5.conditional_sql(branches text[], vector text, frequency text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN cardinality(branches) = 0 THEN frequency ELSE
    (SELECT 'CASE WHEN ' || string_agg(format('t.%I @@ %L::tsquery', vector, b), ' AND ') || ' THEN ' || frequency || ' ELSE 0 END' FROM unnest(branches) b) END
$$;

-- Few frequencies are columns f1, f2 …; many are one array, since an expression of thousands of terms is too deep to run.
CREATE OR REPLACE FUNCTION fts5.columns_sql(expressions text[]) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN cardinality(expressions) > 16 THEN 'ARRAY[' || array_to_string(expressions, ', ') || '] AS f'
              ELSE (SELECT string_agg(e || ' AS f' || n, ', ' ORDER BY n) FROM unnest(expressions) WITH ORDINALITY u(e, n)) END
$$;

CREATE OR REPLACE FUNCTION fts5.bm25_sum(n int) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN n > 16 THEN 'fts5.bm25(s.i, m.f, d.k)'
              ELSE '-1.0::float8 * (' || (SELECT string_agg(format('s.i%s * ((m.f%s * 2.2::float8) / (m.f%s + d.k))', i, i, i), ' + ' ORDER BY i)
                                            FROM generate_series(1, n) i) || ')' END
$$;

CREATE OR REPLACE FUNCTION fts5.idfs_sql(hits text[]) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN cardinality(hits) > 16 THEN 'ARRAY[' || string_agg(format('fts5.idf(r.n, %s)', h), ', ' ORDER BY n) || '] AS i'
              ELSE string_agg(format('fts5.idf(r.n, %s) AS i%s', h, n), ', ' ORDER BY n) END
    FROM unnest(hits) WITH ORDINALITY u(h, n)
$$;

CREATE OR REPLACE FUNCTION fts5.many_idfs_sql(index fts5.indexes, queries text[]) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT format(
    '(SELECT array_agg(fts5.idf(r.n, (SELECT count(*) FROM %s t WHERE t.%I @@ u.q::tsquery)) ORDER BY u.o) FROM unnest(%L::text[]) WITH ORDINALITY u(q, o)) AS i',
    index.relation, index.vector, queries)
$$;

-- In how many rows the phrase occurs: with its column filter, without the NEAR around it.
CREATE OR REPLACE FUNCTION fts5.hits_sql(plan jsonb, phrase jsonb, index fts5.indexes, has_big boolean) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT '(SELECT count(*) FROM (' || fts5.matched_sql(plan || jsonb_build_object('phrases', 1, 'root',
            (phrase - 'number') || jsonb_build_object('op', 'near', 'distance', 0,
              'phrases', jsonb_build_array(phrase || jsonb_build_object('number', 0)))), index, has_big, NULL, NULL) || ') h)'
$$;

-- The plan without its tsqueries, for fts5.evaluate: shorter to write and to read.
CREATE OR REPLACE FUNCTION fts5.lean(plan jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT plan || jsonb_build_object('root', fts5.lean_node(plan -> 'root'))
$$;

CREATE OR REPLACE FUNCTION fts5.lean_node(node jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  key text := CASE node ->> 'op' WHEN 'near' THEN 'phrases' ELSE 'items' END;
BEGIN
  node := node - '{match,exact,loose,sharp}'::text[];
  IF NOT node ? key THEN RETURN node; END IF;
  RETURN node || jsonb_build_object(key, (SELECT jsonb_agg(fts5.lean_node(value) ORDER BY n)
                                            FROM jsonb_array_elements(node -> key) WITH ORDINALITY e(value, n)));
END $$;

-- The big rows of a table: one probe of the primary key for each, instead of reading all their positions.
CREATE OR REPLACE FUNCTION fts5.big_rows(relation regclass) RETURNS TABLE(rowid bigint)
LANGUAGE sql STABLE AS $$
  WITH RECURSIVE r(rowid) AS (
    (SELECT p.rowid FROM fts5.positions p WHERE p.relation = $1 ORDER BY p.rowid LIMIT 1)
    UNION ALL
    SELECT (SELECT p.rowid FROM fts5.positions p WHERE p.relation = $1 AND p.rowid > r.rowid ORDER BY p.rowid LIMIT 1)
      FROM r WHERE r.rowid IS NOT NULL
  )
  SELECT r.rowid FROM r WHERE r.rowid IS NOT NULL
$$;

-- The tokens of one row as the index holds them. Tokens of more than 2000 bytes appear as fts5.lexeme shortens them.
CREATE OR REPLACE FUNCTION fts5.document_tokens(relation regclass, rowid bigint) RETURNS TABLE(col int, token_offset int, token text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  index fts5.indexes := fts5.registered(relation);
  numbers int[] := ARRAY(SELECT (n - 1)::int FROM unnest(index.indexed) WITH ORDINALITY c(yes, n) WHERE yes ORDER BY n);
  vector tsvector;
  is_big boolean;
  columns int[];
  starts int[];
BEGIN
  EXECUTE format('SELECT t.%I, t.%I FROM %s t WHERE t.rowid = $1', index.vector, index.big, relation) INTO vector, is_big USING rowid;
  IF is_big THEN
    RETURN QUERY SELECT p.col::int, o, CASE WHEN starts_with(p.lexeme, E'\x02') THEN substr(p.lexeme, 2) ELSE p.lexeme::text END FROM fts5.positions p, unnest(p.pos) o
                  WHERE p.relation = document_tokens.relation AND p.rowid = document_tokens.rowid ORDER BY 1, 2;
    RETURN;
  END IF;
  SELECT s.columns, s.starts INTO columns, starts
    FROM fts5.column_starts(vector, jsonb_build_object('columns', to_jsonb(numbers), 'labels', cardinality(numbers) <= 4)) s;
  RETURN QUERY SELECT numbers[columns[width_bucket(p::int, starts)] + 1], p::int - starts[width_bucket(p::int, starts)] - 1,
                      CASE WHEN starts_with(u.lexeme, E'\x02') THEN substr(u.lexeme, 2) ELSE u.lexeme::text END
                 FROM unnest(vector) u, unnest(u.positions) p
                WHERE u.lexeme <> E'\x02^' AND u.lexeme !~ E'^\x02[0-9]+\x02' ORDER BY 1, 2;
END $$;
