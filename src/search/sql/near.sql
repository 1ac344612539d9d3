-- NEAR at speed, for rows whose vector has positions: the plan becomes one SQL expression over the row, in which
-- tsqueries decide what they can, and the counts of a NEAR come from arrays of positions. Nothing reads jsonb row by row.

-- A subquery over row t with one column, counts: what fts5.evaluate returns for the row; not null and no more where they
-- are not `counted`. `together`: all columns weigh the same, so that a phrase's occurrences may all be counted for the
-- first column it may occur in. Expressions of very many parts are too deep to run; fts5.evaluate walks those.
CREATE OR REPLACE FUNCTION fts5.evaluated_sql(plan jsonb, index fts5.indexes, counted boolean, together boolean) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  matched text;
  counts text;
  leaves text[];
BEGIN
  IF (plan -> 'phrases')::int > 100 THEN
    RETURN format('SELECT fts5.evaluate(%L::jsonb, %L::regclass, t.rowid, t.%I) AS counts OFFSET 0',
                  fts5.lean(plan), index.relation::oid, index.vector);
  END IF;
  SELECT n.matched, n.counts, n.leaves INTO matched, counts, leaves
    FROM fts5.evaluated_node_sql(plan -> 'root', plan, index.vector, counted, together, '{}') n;
  RETURN format('SELECT CASE WHEN %s THEN %s END AS counts FROM (SELECT %s OFFSET 0) l OFFSET 0', matched, counts,
                (SELECT string_agg(leaf || ' AS l' || n, ', ' ORDER BY n) FROM unnest(leaves) WITH ORDINALITY u(leaf, n)));
END $$;

-- Whether the node matches, the counts of its phrases in order if it does, and the leaves so far: l1, l2 … are null
-- where they do not match, else the counts of their phrases. What is below OR counts only if its part matches.
CREATE OR REPLACE FUNCTION fts5.evaluated_node_sql(
  node jsonb, plan jsonb, vector text, counted boolean, together boolean, INOUT leaves text[], OUT matched text, OUT counts text, OUT phrases int)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  op text := node ->> 'op';
  width int := (plan -> 'width')::int;
  found record;
  n bigint;
  item jsonb;
BEGIN
  IF op = 'near' THEN
    leaves := leaves || fts5.leaf_sql(node, plan, vector, counted, together);
    matched := format('l.l%s IS NOT NULL', cardinality(leaves));
    counts := 'l.l' || cardinality(leaves);
    phrases := jsonb_array_length(node -> 'phrases');
    RETURN;
  END IF;
  phrases := 0;
  FOR item, n IN SELECT i.value, i.ordinality FROM jsonb_array_elements(node -> 'items') WITH ORDINALITY i LOOP
    SELECT s.* INTO found FROM fts5.evaluated_node_sql(item, plan, vector, counted AND (op <> 'not' OR n = 1), together, leaves) s;
    leaves := found.leaves;
    phrases := phrases + found.phrases;
    matched := concat(matched || CASE op WHEN 'or' THEN ' OR ' WHEN 'and' THEN ' AND ' ELSE ' AND NOT ' END, found.matched);
    counts := concat(counts || ' || ', CASE
      WHEN op = 'not' AND n = 2 THEN quote_literal(array_fill(0, ARRAY[found.phrases * width])) || '::int[]'
      WHEN op = 'or' THEN format('CASE WHEN %s THEN %s ELSE %L::int[] END', found.matched, found.counts,
                                 array_fill(0, ARRAY[found.phrases * width]))
      ELSE found.counts END);
  END LOOP;
  matched := '(' || matched || ')';
  counts := '(' || counts || ')';
END $$;

-- One phrase or NEAR: null where it does not match, else its counts.
CREATE OR REPLACE FUNCTION fts5.leaf_sql(node jsonb, plan jsonb, vector text, counted boolean, together boolean) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  width int := (plan -> 'width')::int;
  labels boolean := (plan #> '{layout,labels}')::boolean;
  phrase jsonb := node #> '{phrases,0}';
  columns int[] := CASE jsonb_typeof(phrase -> 'columns') WHEN 'array' THEN ARRAY(SELECT jsonb_array_elements(phrase -> 'columns')::int ORDER BY 1)
                                                          ELSE ARRAY(SELECT generate_series(0, width - 1)) END;
  whole boolean := cardinality(columns) = width;
  sizes int[];
  lexemes text[];
  prefixes boolean[];
  -- no position is as far from another
  distance int := least((node -> 'distance')::bigint, 100000);
  counts text;
BEGIN
  SELECT array_agg(jsonb_array_length(p -> 'lexemes') ORDER BY n) INTO sizes
    FROM jsonb_array_elements(node -> 'phrases') WITH ORDINALITY u(p, n);
  IF NOT counted AND (node -> 'exact')::boolean THEN
    counts := '''{}''::int[]';
  ELSIF cardinality(sizes) = 1 THEN
    counts := 'ARRAY[' || (SELECT string_agg(CASE
        WHEN NOT c = ANY (columns) OR (together AND c <> columns[1]) THEN '0'
        ELSE fts5.occurrences_sql(phrase, CASE WHEN together THEN columns ELSE ARRAY[c] END, width, labels, vector) || '::int'
      END, ', ' ORDER BY c) FROM generate_series(0, width - 1) c) || ']';
  ELSE
    SELECT array_agg(l.value ORDER BY n, l.ordinality), array_agg((p -> 'prefixes' -> (l.ordinality - 1)::int)::boolean ORDER BY n, l.ordinality)
      INTO lexemes, prefixes
      FROM jsonb_array_elements(node -> 'phrases') WITH ORDINALITY u(p, n), jsonb_array_elements_text(p -> 'lexemes') WITH ORDINALITY l;
    -- within reach of each other, columns must be looked at one by one; else the gaps between them keep them apart
    IF together AND (labels OR whole) AND distance <= 120 THEN
      counts := format('fts5.near_counts(%s, %L, %L, %L, %s, %s, %s)',
        CASE WHEN whole THEN format('t.%I', vector)
             ELSE format('ts_filter(t.%I, %L)', vector, (SELECT array_agg(chr(97 + c)) FROM unnest(columns) c)) END,
        lexemes, prefixes, sizes, distance, width, columns[1]);
    ELSE
      counts := format('fts5.near_by_column(t.%I, %L, %L, %L, %s, %s, %L, %L)', vector, lexemes, prefixes, sizes, distance, width, columns, labels);
    END IF;
  END IF;
  RETURN format('CASE WHEN t.%I @@ %L::tsquery THEN %s END', vector, node ->> 'match', counts);
END $$;

-- Null when the phrases are not near, else their occurrences that are, at [phrase * width + ordinal + 1]. A NEAR reaches
-- from no column to the next, so each can be counted by itself.
CREATE OR REPLACE FUNCTION fts5.near_by_column(
  vector tsvector, lexemes text[], prefixes boolean[], sizes int[], distance int, width int, columns int[], labels boolean) RETURNS int[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  counts int[];
  found int[];
  c int;
BEGIN
  FOREACH c IN ARRAY columns LOOP
    IF labels THEN
      found := fts5.near_counts(ts_filter(vector, ARRAY[chr(97 + c)]::"char"[]), lexemes, prefixes, sizes, distance, width, c);
    ELSE
      found := fts5.near_counts(vector, ARRAY(SELECT E'\x02' || c || E'\x02' || l FROM unnest(lexemes) WITH ORDINALITY u(l, n) ORDER BY n),
                                prefixes, sizes, distance, width, c);
    END IF;
    IF counts IS NULL THEN
      counts := found;
    ELSIF found IS NOT NULL THEN
      FOR i IN 0 .. cardinality(sizes) - 1 LOOP counts[i * width + c + 1] := found[i * width + c + 1]; END LOOP;
    END IF;
  END LOOP;
  RETURN counts;
END $$;

-- The same over all positions of the vector, counted for one ordinal. `sizes`: tokens of each phrase. Of two phrases, an
-- occurrence counts if the other phrase's next one to the left or to the right is near enough: what FTS5's walk over all
-- of them comes to.
CREATE OR REPLACE FUNCTION fts5.near_counts(
  vector tsvector, lexemes text[], prefixes boolean[], sizes int[], distance int, width int, ordinal int) RETURNS int[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  places int[];
  first int[];
  joined int[] := '{}';
  bounds int[] := '{0}';
  counts int[];
  found int;
  token int := 1;
  p int;
  w int;
BEGIN
  vector := setweight(vector, 'D');
  FOR i IN 1 .. cardinality(sizes) LOOP
    IF prefixes[token] THEN
      places := fts5.prefix_positions(vector, lexemes[token]);
    ELSE
      -- C functions alone; the vector's text is 'lexeme':1,2
      places := ('{' || substr(setweight(ts_filter(setweight(vector, 'A', lexemes[token:token]), '{a}'), 'D')::text,
                               length(fts5.quoted(lexemes[token])) + 2) || '}')::int[];
    END IF;
    IF sizes[i] > 1 AND cardinality(places) > 0 THEN
      places := fts5.followed(vector, places, lexemes[token + 1 : token + sizes[i] - 1], prefixes[token + 1 : token + sizes[i] - 1]);
    END IF;
    IF cardinality(places) = 0 THEN RETURN NULL; END IF;
    token := token + sizes[i];
    IF cardinality(sizes) > 2 THEN
      joined := joined || places;
      bounds := bounds || cardinality(joined);
    ELSIF i = 1 THEN
      first := places;
    END IF;
  END LOOP;
  IF cardinality(sizes) > 2 THEN
    RETURN fts5.walk_near(joined, bounds, sizes, distance, width, ordinal);
  END IF;
  found := 0;
  FOREACH p IN ARRAY first LOOP
    w := width_bucket(p, places);
    IF p - places[w] <= sizes[2] + distance OR places[w + 1] - p <= sizes[1] + distance THEN found := found + 1; END IF;
  END LOOP;
  IF found = 0 THEN RETURN NULL; END IF;
  counts := array_fill(0, ARRAY[2 * width]);
  counts[ordinal + 1] := found;
  found := 0;
  FOREACH p IN ARRAY places LOOP
    w := width_bucket(p, first);
    IF p - first[w] <= sizes[1] + distance OR first[w + 1] - p <= sizes[2] + distance THEN found := found + 1; END IF;
  END LOOP;
  counts[width + ordinal + 1] := found;
  RETURN counts;
END $$;

-- A vector's lexemes are in the order of their bytes, so those with a prefix lie side by side.
CREATE OR REPLACE FUNCTION fts5.prefix_positions(vector tsvector, prefix text) RETURNS int[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  lexemes text[] := tsvector_to_array(vector);
  from_here int := width_bucket(prefix COLLATE "C", lexemes);
  -- no lexeme is as long, and no character higher
  to_here int := width_bucket(prefix || repeat(E'\U0010FFFF', 512) COLLATE "C", lexemes);
BEGIN
  IF lexemes[from_here] IS DISTINCT FROM prefix COLLATE "C" THEN from_here := from_here + 1; END IF;
  IF from_here > to_here THEN RETURN '{}'; END IF;
  vector := ts_filter(setweight(vector, 'A', lexemes[from_here:to_here]), '{a}');
  RETURN ARRAY(SELECT p::int FROM unnest(vector) u, unnest(u.positions) p ORDER BY 1);
END $$;

-- The places after which the other tokens of the phrase follow.
CREATE OR REPLACE FUNCTION fts5.followed(vector tsvector, places int[], lexemes text[], prefixes boolean[]) RETURNS int[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  here int[];
  kept int[];
  p int;
BEGIN
  FOR i IN 1 .. cardinality(lexemes) LOOP
    IF prefixes[i] THEN
      here := fts5.prefix_positions(vector, lexemes[i]);
    ELSE
      here := ('{' || substr(setweight(ts_filter(setweight(vector, 'A', lexemes[i:i]), '{a}'), 'D')::text,
                             length(fts5.quoted(lexemes[i])) + 2) || '}')::int[];
    END IF;
    kept := '{}';
    FOREACH p IN ARRAY places LOOP
      IF p + i = ANY (here) THEN kept := kept || p; END IF;
    END LOOP;
    places := kept;
    EXIT WHEN cardinality(places) = 0;
  END LOOP;
  RETURN places;
END $$;

-- fts5.near_places for all phrases at once, counting.
CREATE OR REPLACE FUNCTION fts5.walk_near(joined int[], bounds int[], sizes int[], distance int, width int, ordinal int) RETURNS int[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  phrases CONSTANT int := cardinality(sizes);
  at int[] := bounds[1:phrases];
  reaches int[] := sizes;
  -- index of the occurrence counted last
  counted int[] := array_fill(0, ARRAY[phrases]);
  counts int[];
  last int;
  near boolean;
  next int;
  step int;
BEGIN
  FOR i IN 1 .. phrases LOOP
    at[i] := at[i] + 1;
    reaches[i] := sizes[i] + distance;
  END LOOP;
  <<walk>>
  LOOP
    last := joined[at[1]];
    LOOP
      near := true;
      FOR i IN 1 .. phrases LOOP
        IF joined[at[i]] < last - reaches[i] OR joined[at[i]] > last THEN
          near := false;
          WHILE joined[at[i]] < last - reaches[i] LOOP
            EXIT walk WHEN at[i] = bounds[i + 1];
            at[i] := at[i] + 1;
          END LOOP;
          last := greatest(last, joined[at[i]]);
        END IF;
      END LOOP;
      EXIT WHEN near;
    END LOOP;
    IF counts IS NULL THEN counts := array_fill(0, ARRAY[phrases * width]); END IF;
    step := 0;
    FOR i IN 1 .. phrases LOOP
      IF counted[i] <> at[i] THEN
        counts[(i - 1) * width + ordinal + 1] := counts[(i - 1) * width + ordinal + 1] + 1;
        counted[i] := at[i];
      END IF;
      IF at[i] < bounds[i + 1] AND (step = 0 OR joined[at[i] + 1] < next) THEN
        step := i;
        next := joined[at[i] + 1];
      END IF;
    END LOOP;
    EXIT WHEN step = 0;
    at[step] := at[step] + 1;
  END LOOP;
  RETURN counts;
END $$;
