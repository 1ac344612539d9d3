-- Matching: FTS5's expression tree becomes a plan, in which every node carries the tsquery that finds its rows.
--
-- A plan node is {"op": "and" | "or" | "not", "items": […]} or {"op": "near", "distance", "phrases": [P, …]}, with
--   P = {"number", "lexemes", "prefixes", "initial", "columns", "match", "loose", "sharp"};
-- null is a node that can match nothing. Columns are ordinals of the indexed columns (UNINDEXED ones not counted),
-- null for all of them. Every node and phrase has
--   match, exact: the tsquery for rows with positions; not exact: it finds too many, and fts5.evaluate decides;
--   loose, sharp: the same for rows whose vector has no positions (big rows).
-- Long chains are written as balanced trees, since PostgreSQL reads and runs a tsquery recursively.

-- The whole query, {"root", "phrases", "layout", "width"}, or null when nothing can match. `index` is the row of fts5.indexes.
CREATE OR REPLACE FUNCTION fts5.plan(tree jsonb, index fts5.indexes) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  ordinals int[] := ARRAY(SELECT (n - 1)::int FROM unnest(index.indexed) WITH ORDINALITY c(yes, n) WHERE yes ORDER BY n);
  layout jsonb := jsonb_build_object('columns', to_jsonb(ordinals), 'labels', cardinality(ordinals) <= 4);
  texts text[];
  tokens jsonb;
  total bigint;
  root jsonb;
BEGIN
  IF index.detail <> 'full' THEN layout := layout || jsonb_build_object('detail', index.detail); END IF;
  texts := ARRAY(SELECT t #>> '{}' FROM jsonb_path_query(tree, 'strict $.**.phrases[*].parts[*].text') t);
  EXECUTE format('SELECT coalesce(jsonb_object_agg(t, to_jsonb(found)), ''{}''), sum(times * cardinality(found))
                    FROM (SELECT t, times, fts5.%I(t) AS found
                            FROM (SELECT t, count(*) AS times FROM unnest($1) t GROUP BY t) d OFFSET 0) s',
                 index.key || '_tokens') INTO tokens, total USING texts;
  IF total > 20000 THEN
    RAISE EXCEPTION 'fts5: the query has % tokens, and at most 20000 can be searched for', total
      USING ERRCODE = 'program_limit_exceeded';
  END IF;
  root := fts5.plan_node(tree, tokens, layout);
  IF root IS NULL THEN RETURN NULL; END IF;
  IF octet_length(root ->> 'match') > 900000 THEN
    RAISE EXCEPTION 'fts5: the query is too large: its tokens come to % bytes, and at most 900000 can be searched for',
      octet_length(root ->> 'match') USING ERRCODE = 'program_limit_exceeded';
  END IF;
  SELECT n.node, n.next INTO root, total FROM fts5.number_node(root, 0) n;
  RETURN jsonb_build_object('root', root, 'phrases', total, 'layout', layout, 'width', cardinality(ordinals));
END $$;

CREATE OR REPLACE FUNCTION fts5.plan_node(node jsonb, tokens jsonb, layout jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  op text;
  child jsonb;
  planned jsonb;
  items jsonb[] := '{}';
  impossible boolean := false;
BEGIN
  IF node IS NULL OR jsonb_typeof(node) = 'null' THEN RETURN NULL; END IF;
  IF node ? 'near' THEN RETURN fts5.plan_near(node -> 'near', tokens, layout); END IF;
  op := CASE WHEN node ? 'and' THEN 'and' WHEN node ? 'or' THEN 'or' WHEN node ? 'not' THEN 'not' ELSE 'all' END;
  FOR child IN SELECT value FROM jsonb_array_elements(node -> op) LOOP
    planned := fts5.plan_node(child, tokens, layout);
    -- juxtaposition drops what has no tokens; a column filter that leaves nothing is not dropped
    IF op = 'all' AND planned IS NULL AND NOT fts5.has_tokens(child, tokens) THEN CONTINUE; END IF;
    IF planned IS NULL THEN
      impossible := impossible OR op IN ('and', 'all') OR (op = 'not' AND cardinality(items) = 0);
      CONTINUE;
    END IF;
    items := items || planned;
  END LOOP;
  IF impossible OR cardinality(items) = 0 THEN RETURN NULL; END IF;
  IF cardinality(items) = 1 THEN RETURN items[1]; END IF;
  RETURN fts5.plan_operator(CASE op WHEN 'all' THEN 'and' ELSE op END, items);
END $$;

CREATE OR REPLACE FUNCTION fts5.has_tokens(node jsonb, tokens jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT EXISTS (SELECT FROM jsonb_path_query(node, '$.**.phrases[*].parts[*].text') t WHERE jsonb_array_length(tokens -> (t #>> '{}')) > 0)
$$;

CREATE OR REPLACE FUNCTION fts5.plan_operator(op text, items jsonb[]) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  exact boolean; sharp boolean; match text; loose text;
  symbol text := CASE op WHEN 'or' THEN '|' ELSE '&' END;
BEGIN
  IF op = 'not' THEN
    exact := (items[1] -> 'exact')::boolean AND (items[2] -> 'exact')::boolean;
    sharp := (items[1] -> 'sharp')::boolean AND (items[2] -> 'sharp')::boolean;
    match := items[1] ->> 'match';
    loose := items[1] ->> 'loose';
    -- what finds too many must not be taken away
    IF (items[2] -> 'exact')::boolean THEN match := '(' || match || ' & !(' || (items[2] ->> 'match') || '))'; END IF;
    IF (items[2] -> 'sharp')::boolean THEN loose := '(' || loose || ' & !(' || (items[2] ->> 'loose') || '))'; END IF;
  ELSE
    SELECT bool_and((i -> 'exact')::boolean), bool_and((i -> 'sharp')::boolean),
           fts5.balanced(array_agg(i ->> 'match' ORDER BY n), array_agg(symbol)),
           fts5.balanced(array_agg(i ->> 'loose' ORDER BY n), array_agg(symbol))
      INTO exact, sharp, match, loose FROM unnest(items) WITH ORDINALITY u(i, n);
  END IF;
  RETURN jsonb_build_object('op', op, 'items', to_jsonb(items), 'match', match, 'exact', exact, 'loose', loose, 'sharp', sharp);
END $$;

-- NEAR(…), or one phrase.
CREATE OR REPLACE FUNCTION fts5.plan_near(near jsonb, tokens jsonb, layout jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  columns int[];
  whole boolean := true;
  phrases jsonb[];
  phrase jsonb;
  match text; loose text; exact boolean;
  distance int;
  paired boolean;
BEGIN
  phrases := ARRAY(SELECT p FROM (SELECT n, fts5.plan_phrase(value, tokens) p
                     FROM jsonb_array_elements(near -> 'phrases') WITH ORDINALITY e(value, n) OFFSET 0) s
                    WHERE p IS NOT NULL ORDER BY n);
  PERFORM fts5.check_detail(layout ->> 'detail', phrases, jsonb_typeof(near -> 'columns') = 'array');
  IF cardinality(phrases) = 0 THEN RETURN NULL; END IF;
  IF jsonb_typeof(near -> 'columns') = 'array' THEN
    columns := ARRAY(SELECT (n - 1)::int FROM jsonb_array_elements(layout -> 'columns') WITH ORDINALITY c(number, n)
                      WHERE near -> 'columns' @> c.number ORDER BY n);
    IF cardinality(columns) = 0 THEN RETURN NULL; END IF;
    whole := cardinality(columns) = jsonb_array_length(layout -> 'columns');
  END IF;
  FOR i IN 1 .. cardinality(phrases) LOOP
    phrase := phrases[i];
    phrases[i] := phrase || jsonb_build_object(
      'columns', CASE WHEN NOT whole THEN to_jsonb(columns) END,
      'match', fts5.phrase_query(phrase, CASE WHEN NOT whole THEN columns END, (layout -> 'labels')::boolean),
      'loose', fts5.loose_query(phrase, CASE WHEN NOT whole AND NOT (layout -> 'labels')::boolean THEN columns END),
      'exact', true,
      'sharp', jsonb_array_length(phrase -> 'lexemes') = 1 AND NOT (phrase -> 'initial')::boolean
               AND (whole OR NOT (layout -> 'labels')::boolean));
  END LOOP;
  IF cardinality(phrases) = 1 THEN
    RETURN jsonb_build_object('op', 'near', 'distance', 0, 'phrases', to_jsonb(phrases), 'match', phrases[1] -> 'match',
                              'exact', true, 'loose', phrases[1] -> 'loose', 'sharp', phrases[1] -> 'sharp');
  END IF;
  distance := least((near -> 'distance')::bigint, 100000);
  -- gaps keep columns apart within this distance only
  paired := distance <= 120 AND (SELECT sum(2 * (jsonb_array_length(p -> 'lexemes') + distance)) <= 600 FROM unnest(phrases) p);
  SELECT fts5.balanced(array_agg(p ->> 'match'), array_agg('&'::text)), fts5.balanced(array_agg(p ->> 'loose'), array_agg('&'::text))
    INTO match, loose FROM unnest(phrases) p;
  -- that each is near the next is all there is to say of two, and of more what most rows fail; that all are there at all
  -- is said beside it, to stop early and for PostgreSQL's estimate of the rows
  IF paired THEN
    match := '(' || match || ' & ' || (
      SELECT fts5.balanced(array_agg(fts5.near_query(phrases[i - 1 : i], distance, CASE WHEN NOT whole THEN columns END,
                                                     (layout -> 'labels')::boolean)), array_agg('&'::text))
        FROM generate_series(2, cardinality(phrases)) i) || ')';
  END IF;
  exact := paired AND cardinality(phrases) = 2;
  RETURN jsonb_build_object('op', 'near', 'distance', near -> 'distance', 'phrases', to_jsonb(phrases), 'match', match,
                            'exact', exact, 'loose', loose, 'sharp', false);
END $$;

-- The tokens of all parts; null when there are none. The * of a part belongs to the last token so far, whichever part it is of.
CREATE OR REPLACE FUNCTION fts5.plan_phrase(phrase jsonb, tokens jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  lexemes text[] := '{}';
  prefixes boolean[] := '{}';
  part jsonb;
  added text[];
BEGIN
  FOR part IN SELECT value FROM jsonb_array_elements(phrase -> 'parts') LOOP
    added := ARRAY(SELECT fts5.lexeme(t) FROM jsonb_array_elements_text(tokens -> (part ->> 'text')) WITH ORDINALITY e(t, n) ORDER BY n);
    lexemes := lexemes || added;
    prefixes := prefixes || array_fill(false, ARRAY[cardinality(added)]);
    IF cardinality(lexemes) > 0 THEN
      prefixes[cardinality(lexemes)] := coalesce((part -> 'prefix')::boolean, false);
    END IF;
  END LOOP;
  IF cardinality(lexemes) = 0 THEN RETURN NULL; END IF;
  RETURN jsonb_build_object('lexemes', to_jsonb(lexemes), 'prefixes', to_jsonb(prefixes),
                            'initial', coalesce((phrase -> 'initial')::boolean, false));
END $$;

-- FTS5's own errors for tables that keep no positions.
CREATE OR REPLACE FUNCTION fts5.check_detail(detail text, phrases jsonb[], filtered boolean) RETURNS void
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF detail IS NULL THEN RETURN; END IF;
  IF cardinality(phrases) > 1 THEN
    RAISE EXCEPTION 'fts5: NEAR queries are not supported (detail!=full)' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF jsonb_array_length(phrases[1] -> 'lexemes') > 1 OR (phrases[1] -> 'initial')::boolean THEN
    RAISE EXCEPTION 'fts5: phrase queries are not supported (detail!=full)' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF detail = 'none' AND filtered THEN
    RAISE EXCEPTION 'fts5: column queries are not supported (detail=none)' USING ERRCODE = 'invalid_parameter_value';
  END IF;
END $$;

-- Phrases are numbered from 0 in reading order, which is the order in which bm25 adds them up.
CREATE OR REPLACE FUNCTION fts5.number_node(INOUT node jsonb, INOUT next int)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  key text := CASE node ->> 'op' WHEN 'near' THEN 'phrases' ELSE 'items' END;
  numbered jsonb[] := '{}';
  child jsonb;
BEGIN
  FOR child IN SELECT value FROM jsonb_array_elements(node -> key) LOOP
    IF key = 'phrases' THEN
      child := child || jsonb_build_object('number', next);
      next := next + 1;
    ELSE
      SELECT n.node, n.next INTO child, next FROM fts5.number_node(child, next) n;
    END IF;
    numbered := numbered || child;
  END LOOP;
  node := node || jsonb_build_object(key, to_jsonb(numbered));
END $$;
