-- Deciding one row by positions, as FTS5 does, from the plan as it is: for big rows (positions in fts5.positions), and for
-- queries too long for what fts5.evaluated_sql makes of them.
-- A position is ordinal of the column << 32 + token offset, so that nothing reaches from column to column.

-- Null when the row does not match, else the occurrences that bm25 counts, at [phrase number * width + ordinal + 1].
-- Without a vector the positions come from fts5.positions.
CREATE OR REPLACE FUNCTION fts5.evaluate(plan jsonb, relation regclass, rowid bigint, vector tsvector) RETURNS int[]
LANGUAGE plpgsql STABLE COST 10000 AS $$
DECLARE
  columns int[];
  starts int[];
  counts jsonb;
BEGIN
  IF vector IS NOT NULL THEN
    SELECT s.columns, s.starts INTO columns, starts FROM fts5.column_starts(vector, plan -> 'layout') s;
  ELSE
    columns := ARRAY(SELECT jsonb_array_elements(plan #> '{layout,columns}')::int);
  END IF;
  counts := fts5.evaluate_node(plan -> 'root', relation, rowid, vector, columns, starts, (plan -> 'width')::int);
  IF counts IS NULL THEN RETURN NULL; END IF;
  RETURN ARRAY(SELECT coalesce((counts -> p::text -> c)::int, 0)
                 FROM generate_series(0, (plan -> 'phrases')::int - 1) p, generate_series(0, (plan -> 'width')::int - 1) c
                ORDER BY p, c);
END $$;

-- Null, or {phrase number: [occurrences by ordinal]}.
CREATE OR REPLACE FUNCTION fts5.evaluate_node(
  node jsonb, relation regclass, rowid bigint, vector tsvector, columns int[], starts int[], width int) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  op text := node ->> 'op';
  item jsonb;
  found jsonb;
  counts jsonb;
BEGIN
  IF op = 'near' THEN RETURN fts5.evaluate_near(node, relation, rowid, vector, columns, starts, width); END IF;
  IF op = 'not' THEN
    counts := fts5.evaluate_node(node #> '{items,0}', relation, rowid, vector, columns, starts, width);
    IF counts IS NULL
       OR fts5.evaluate_node(node #> '{items,1}', relation, rowid, vector, columns, starts, width) IS NOT NULL THEN
      RETURN NULL;
    END IF;
    RETURN counts;
  END IF;
  FOR item IN SELECT value FROM jsonb_array_elements(node -> 'items') LOOP
    found := fts5.evaluate_node(item, relation, rowid, vector, columns, starts, width);
    IF found IS NULL THEN
      IF op = 'and' THEN RETURN NULL; END IF;
    ELSE
      counts := coalesce(counts, '{}') || found;
    END IF;
  END LOOP;
  RETURN counts;
END $$;

CREATE OR REPLACE FUNCTION fts5.evaluate_near(
  node jsonb, relation regclass, rowid bigint, vector tsvector, columns int[], starts int[], width int) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  phrase jsonb;
  places bigint[];
  others bigint[];
  joined bigint[] := '{}';
  bounds int[] := '{0}';
  reaches bigint[] := '{}';
  counts jsonb := '{}';
BEGIN
  FOR phrase IN SELECT value FROM jsonb_array_elements(node -> 'phrases') LOOP
    places := fts5.phrase_places(phrase, relation, rowid, vector, columns, starts);
    IF cardinality(places) = 0 THEN RETURN NULL; END IF;
    joined := joined || places;
    bounds := bounds || cardinality(joined);
    reaches := reaches || (jsonb_array_length(phrase -> 'lexemes') + (node ->> 'distance')::bigint);
  END LOOP;
  FOR i IN 1 .. cardinality(reaches) LOOP
    places := joined[bounds[i] + 1 : bounds[i + 1]];
    IF cardinality(reaches) = 2 THEN
      others := joined[bounds[3 - i] + 1 : bounds[4 - i]];
      -- what the walk comes to for two
      places := ARRAY(SELECT p FROM (SELECT p, width_bucket(p, others) AS w FROM unnest(places) p) s
                       WHERE p - others[w] <= reaches[3 - i] OR others[w + 1] - p <= reaches[i] ORDER BY p);
    ELSIF cardinality(reaches) > 2 THEN
      places := fts5.near_places(joined, bounds, reaches, i);
    END IF;
    IF cardinality(places) = 0 THEN RETURN NULL; END IF;
    counts := counts || jsonb_build_object(node #>> ARRAY['phrases', (i - 1)::text, 'number'],
      (SELECT jsonb_agg((SELECT count(*) FROM unnest(places) p WHERE p >> 32 = c) ORDER BY c) FROM generate_series(0, width - 1) c));
  END LOOP;
  RETURN counts;
END $$;

-- Where the phrase starts, ascending.
CREATE OR REPLACE FUNCTION fts5.phrase_places(
  phrase jsonb, relation regclass, rowid bigint, vector tsvector, columns int[], starts int[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
  places bigint[];
  here bigint[];
  prefix boolean;
BEGIN
  FOR i IN 0 .. jsonb_array_length(phrase -> 'lexemes') - 1 LOOP
    prefix := (phrase -> 'prefixes' -> i)::boolean;
    here := CASE WHEN vector IS NULL THEN fts5.stored_places(phrase -> 'lexemes' ->> i, prefix, relation, rowid, columns)
                 ELSE fts5.vector_places(phrase -> 'lexemes' ->> i, prefix, vector, columns, starts) END;
    IF i > 0 THEN
      here := ARRAY(SELECT unnest(places) INTERSECT SELECT p - i FROM unnest(here) p ORDER BY 1);
    ELSIF jsonb_typeof(phrase -> 'columns') = 'array' OR (phrase -> 'initial')::boolean THEN
      here := ARRAY(SELECT p FROM unnest(here) p
                     WHERE (jsonb_typeof(phrase -> 'columns') = 'null' OR phrase -> 'columns' @> to_jsonb(p >> 32))
                       AND (NOT (phrase -> 'initial')::boolean OR p & 4294967295 = 0) ORDER BY p);
    END IF;
    places := here;
    EXIT WHEN cardinality(places) = 0;
  END LOOP;
  RETURN places;
END $$;

CREATE OR REPLACE FUNCTION fts5.stored_places(lexeme text, prefix boolean, relation regclass, rowid bigint, columns int[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT prefix THEN
    RETURN ARRAY(SELECT ((array_position(columns, s.col::int) - 1)::bigint << 32) + p
                   FROM fts5.positions s, unnest(s.pos) p
                  WHERE s.relation = stored_places.relation AND s.rowid = stored_places.rowid
                    AND s.lexeme = stored_places.lexeme COLLATE "C" ORDER BY 1);
  END IF;
  RETURN ARRAY(SELECT ((array_position(columns, s.col::int) - 1)::bigint << 32) + p
                 FROM fts5.positions s, unnest(s.pos) p
                WHERE s.relation = stored_places.relation AND s.rowid = stored_places.rowid
                  -- a range for the primary key; only PostgreSQL 15 and later know it from starts_with
                  AND s.lexeme >= stored_places.lexeme COLLATE "C" AND s.lexeme <= stored_places.lexeme || E'\U0010FFFF' COLLATE "C"
                  AND starts_with(s.lexeme, stored_places.lexeme) ORDER BY 1);
END $$;

CREATE OR REPLACE FUNCTION fts5.vector_places(lexeme text, prefix boolean, vector tsvector, columns int[], starts int[]) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF NOT prefix THEN
    -- three passes in C instead of one over all lexemes in SQL
    vector := ts_filter(setweight(setweight(vector, 'D'), 'A', ARRAY[lexeme]), '{a}');
  END IF;
  RETURN ARRAY(SELECT (columns[width_bucket(p::int, starts)]::bigint << 32) + p - starts[width_bucket(p::int, starts)] - 1
                 FROM unnest(vector) u, unnest(u.positions) p
                WHERE NOT prefix OR starts_with(u.lexeme, vector_places.lexeme) ORDER BY 1);
END $$;

-- The ordinals of the columns that have tokens, and where their markers stand.
CREATE OR REPLACE FUNCTION fts5.column_starts(vector tsvector, layout jsonb, OUT columns int[], OUT starts int[])
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  SELECT array_agg(p::int ORDER BY p) INTO starts
    FROM unnest(ts_filter(setweight(setweight(vector, 'D'), 'A', ARRAY[E'\x02^']), '{a}')) u, unnest(u.positions) p;
  columns := ARRAY(SELECT c FROM generate_series(0, jsonb_array_length(layout -> 'columns') - 1) c
                    WHERE vector @@ fts5.operand(E'\x02^', false, ARRAY[c], (layout -> 'labels')::boolean)::tsquery ORDER BY c);
END $$;

-- Of phrase `wanted`, the occurrences that take part in the NEAR. The places of phrase i are joined[bounds[i] + 1 .. bounds[i + 1]].
-- The walk is FTS5's: all phrases step forward together, always the one whose next occurrence comes first, and what
-- counts is where they stand whenever all are near; other ways of choosing would count differently.
CREATE OR REPLACE FUNCTION fts5.near_places(joined bigint[], bounds int[], reaches bigint[], wanted int) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  at int[] := bounds[1:cardinality(reaches)];
  found bigint[] := '{}';
  last bigint;
  near boolean;
  next bigint;
  step int;
BEGIN
  FOR i IN 1 .. cardinality(at) LOOP at[i] := at[i] + 1; END LOOP;
  LOOP
    last := joined[at[1]];
    LOOP
      near := true;
      FOR i IN 1 .. cardinality(at) LOOP
        IF joined[at[i]] < last - reaches[i] OR joined[at[i]] > last THEN
          near := false;
          WHILE joined[at[i]] < last - reaches[i] LOOP
            IF at[i] = bounds[i + 1] THEN RETURN found; END IF;
            at[i] := at[i] + 1;
          END LOOP;
          last := greatest(last, joined[at[i]]);
        END IF;
      END LOOP;
      EXIT WHEN near;
    END LOOP;
    IF cardinality(found) = 0 OR found[cardinality(found)] <> joined[at[wanted]] THEN
      found := found || joined[at[wanted]];
    END IF;
    step := 0;
    FOR i IN 1 .. cardinality(at) LOOP
      IF at[i] < bounds[i + 1] AND (step = 0 OR joined[at[i] + 1] < next) THEN
        step := i;
        next := joined[at[i] + 1];
      END IF;
    END LOOP;
    IF step = 0 THEN RETURN found; END IF;
    at[step] := at[step] + 1;
  END LOOP;
END $$;
