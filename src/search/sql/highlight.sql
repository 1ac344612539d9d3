-- FTS5's highlight(). Where the query's phrases stand in a row is found by reading its texts again, never from its
-- vector, since only texts know where their tokens lie. A text whose row does not match comes back unmarked.

CREATE OR REPLACE FUNCTION fts5.highlight(
  relation regclass, query text, rowid bigint, column_number int, open text, close text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  index fts5.indexes := fts5.registered(relation);
BEGIN
  RETURN fts5.highlight_text(index.key, index.columns, fts5.row_texts(index, rowid), query, column_number, open, close, index.indexed);
END $$;

-- The same of a row that need be in no table: one text for every column. Without `indexed` all columns are.
CREATE OR REPLACE FUNCTION fts5.highlight_text(
  key text, columns text[], texts text[], query text, column_number int, open text, close text, indexed boolean[] DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  wanted int := coalesce(column_number, 0);
  body text;
  hits bigint[];
  sizes int[];
  starts int[];
  ends int[];
  firsts int[];
  pasts int[];
BEGIN
  IF texts IS NULL OR query IS NULL THEN RETURN NULL; END IF;
  IF wanted NOT BETWEEN 0 AND cardinality(columns) - 1 THEN RETURN ''; END IF;
  body := texts[wanted + 1];
  IF body IS NULL THEN RETURN NULL; END IF;
  SELECT i.hits, i.sizes INTO hits, sizes FROM fts5.instances(key, columns, texts, query, indexed) i;
  SELECT c.starts, c.ends INTO starts, ends FROM fts5.coalesced(hits, sizes, wanted) c;
  IF cardinality(starts) = 0 THEN RETURN body; END IF;
  SELECT s.firsts, s.pasts INTO firsts, pasts FROM fts5.spans(key, body) s;
  RETURN fts5.marked(body, firsts, pasts, starts, ends, open, close, 0, cardinality(firsts) - 1, 0, length(body));
END $$;

-- Null when there is no such row, or no text is kept.
CREATE OR REPLACE FUNCTION fts5.row_texts(index fts5.indexes, rowid bigint) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
  kept regclass := coalesce(index.content, index.relation);
  texts text[];
BEGIN
  IF index.content_columns IS NULL THEN RETURN NULL; END IF;
  EXECUTE (SELECT format('SELECT ARRAY[%s]::text[] FROM %s t WHERE t.%I = $1',
                         string_agg(fts5.text_sql(a.atttypid, format('t.%I', c)), ', ' ORDER BY n), kept,
                         CASE WHEN index.content IS NULL THEN 'rowid' ELSE index.content_key END)
             FROM unnest(index.content_columns) WITH ORDINALITY u(c, n)
             LEFT JOIN pg_attribute a ON a.attrelid = kept AND a.attname = c AND NOT a.attisdropped)
    INTO texts USING rowid;
  RETURN texts;
END $$;

-- A value as the text that SQLite has for it.
CREATE OR REPLACE FUNCTION fts5.text_sql(type oid, expression text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN type = 'float8'::regtype THEN 'fts5.real_text(' || expression || ')'
              WHEN type = 'bytea'::regtype THEN 'fts5.bytes_text(' || expression || ')'
              WHEN type = 'boolean'::regtype THEN expression || '::int::text'
              WHEN type IS NULL THEN 'NULL'
              ELSE expression || '::text' END
$$;

-- Where the query's phrases stand, in FTS5's order: each hit is (column << 32 + token offset) << 20 + phrase number.
-- sizes are the phrases' numbers of tokens. Nothing when the row does not match.
CREATE OR REPLACE FUNCTION fts5.instances(
  key text, columns text[], texts text[], query text, indexed boolean[], OUT hits bigint[], OUT sizes int[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
  tree jsonb := fts5.parse(query, columns);
  parts text[] := ARRAY(SELECT DISTINCT t #>> '{}' FROM jsonb_path_query(tree, 'strict $.**.parts[*].text') t);
  tokens jsonb;
  whole text[];
  begun text[];
  words text[];
  places bigint[];
  matched boolean;
BEGIN
  EXECUTE format('SELECT coalesce(jsonb_object_agg(t, to_jsonb(fts5.%I(t))), ''{}'') FROM unnest($1) t', key || '_tokens')
    INTO tokens USING parts;
  -- any token may be asked for by its beginning: which are is told only phrase by phrase
  whole := ARRAY(SELECT DISTINCT fts5.lexeme(t #>> '{}') FROM jsonb_path_query(tokens, '$.*[*]') t);
  begun := CASE WHEN tree @? 'strict $.**.parts[*].prefix ? (@ == true)' THEN whole ELSE '{}' END;
  EXECUTE format(
    'SELECT coalesce(array_agg(s.word ORDER BY s.place), ''{}''), coalesce(array_agg(s.place ORDER BY s.place), ''{}'')
       FROM (SELECT CASE WHEN octet_length(w) > 2000 OR starts_with(w, E''\x02'') THEN fts5.lexeme(w) ELSE w END COLLATE "C" AS word, ((c - 1) << 32) + n - 1 AS place
               FROM unnest($1) WITH ORDINALITY b(body, c), unnest(fts5.%I(b.body)) WITH ORDINALITY t(w, n)
              WHERE $2 IS NULL OR ($2)[c] OFFSET 0) s
      WHERE s.word = ANY ($3) OR s.word ^@ ANY ($4)', key || '_tokens')
    INTO words, places USING texts, indexed, whole, begun;
  SELECT n.matched, n.hits, n.sizes INTO matched, hits, sizes FROM fts5.instances_node(tree, tokens, words, places, '{}') n;
  hits := CASE WHEN matched THEN ARRAY(SELECT h FROM unnest(hits) h ORDER BY h) ELSE '{}' END;
END $$;

-- One node of fts5.parse's tree. `here`: the row has all the tokens the node asks for, so that FTS5 halts at it even
-- when it does not match. What a NEAR found before its other phrases failed FTS5 does not forget; only AND clears it.
CREATE OR REPLACE FUNCTION fts5.instances_node(
  node jsonb, tokens jsonb, words text[], places bigint[], INOUT sizes int[], OUT matched boolean, OUT here boolean, OUT hits bigint[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
  op text;
  child jsonb;
  item record;
  nodes int := 0;
BEGIN
  matched := false;
  here := false;
  hits := '{}';
  IF node IS NULL OR jsonb_typeof(node) = 'null' THEN RETURN; END IF;
  IF node ? 'near' THEN
    SELECT n.sizes, n.matched, n.here, n.hits INTO sizes, matched, here, hits
      FROM fts5.instances_near(node -> 'near', tokens, words, places, sizes) n;
    RETURN;
  END IF;
  op := CASE WHEN node ? 'and' THEN 'and' WHEN node ? 'or' THEN 'or' WHEN node ? 'not' THEN 'not' ELSE 'all' END;
  FOR child IN SELECT value FROM jsonb_array_elements(node -> op) LOOP
    -- juxtaposition drops what has no tokens
    IF op = 'all' AND NOT fts5.has_tokens(child, tokens) THEN CONTINUE; END IF;
    SELECT * INTO item FROM fts5.instances_node(child, tokens, words, places, sizes);
    sizes := item.sizes;
    nodes := nodes + 1;
    IF nodes = 1 THEN
      matched := item.matched;
      here := item.here;
      hits := item.hits;
    ELSIF op = 'or' THEN
      matched := matched OR item.matched;
      here := here OR item.here;
      hits := hits || item.hits;
    ELSIF op = 'not' THEN
      matched := matched AND NOT item.matched;
      here := here AND NOT item.matched;
      hits := CASE WHEN here THEN hits || item.hits ELSE '{}' END;
    ELSE
      matched := matched AND item.matched;
      here := here AND item.here;
      hits := hits || item.hits;
    END IF;
  END LOOP;
  IF op IN ('and', 'all') AND NOT matched AND nodes > 1 THEN hits := '{}'; END IF;
END $$;

CREATE OR REPLACE FUNCTION fts5.instances_near(
  near jsonb, tokens jsonb, words text[], places bigint[], INOUT sizes int[], OUT matched boolean, OUT here boolean, OUT hits bigint[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
  numbered int := cardinality(sizes);
  child jsonb;
  phrase jsonb;
  starts bigint[];
  joined bigint[] := '{}';
  bounds int[] := '{0}';
  reaches bigint[] := '{}';
BEGIN
  matched := true;
  here := true;
  hits := '{}';
  FOR child IN SELECT value FROM jsonb_array_elements(near -> 'phrases') LOOP
    phrase := fts5.plan_phrase(child, tokens);
    IF phrase IS NULL THEN CONTINUE; END IF;
    SELECT f.starts, here AND f.complete INTO starts, here FROM fts5.phrase_starts(phrase, near -> 'columns', words, places) f;
    sizes := sizes || jsonb_array_length(phrase -> 'lexemes');
    matched := matched AND cardinality(starts) > 0;
    IF matched THEN joined := joined || starts; END IF;
    bounds := bounds || cardinality(joined);
    reaches := reaches || (jsonb_array_length(phrase -> 'lexemes') + (near ->> 'distance')::bigint);
  END LOOP;
  matched := matched AND cardinality(reaches) > 0;
  here := here AND cardinality(reaches) > 0;
  IF NOT here THEN RETURN; END IF;
  FOR i IN 1 .. cardinality(reaches) LOOP
    starts := joined[bounds[i] + 1 : bounds[i + 1]];
    IF matched AND cardinality(reaches) > 1 THEN starts := fts5.near_places(joined, bounds, reaches, i); END IF;
    hits := hits || ARRAY(SELECT (s << 20) + numbered + i - 1 FROM unnest(starts) s);
  END LOOP;
  matched := matched AND cardinality(hits) > 0;
END $$;

-- Ascending. complete: each of the phrase's tokens is somewhere in the row.
CREATE OR REPLACE FUNCTION fts5.phrase_starts(
  phrase jsonb, columns jsonb, words text[], places bigint[], OUT starts bigint[], OUT complete boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  lexeme text;
  hits bigint[];
BEGIN
  complete := true;
  FOR i IN 0 .. jsonb_array_length(phrase -> 'lexemes') - 1 LOOP
    lexeme := phrase -> 'lexemes' ->> i;
    IF (phrase -> 'prefixes' -> i)::boolean THEN
      hits := ARRAY(SELECT p - i FROM unnest(words, places) u(w, p) WHERE w COLLATE "C" ^@ lexeme);
    ELSE
      hits := ARRAY(SELECT p - i FROM unnest(words, places) u(w, p) WHERE w COLLATE "C" = lexeme);
    END IF;
    complete := complete AND cardinality(hits) > 0;
    starts := CASE WHEN i = 0 THEN hits ELSE ARRAY(SELECT unnest(starts) INTERSECT SELECT unnest(hits) ORDER BY 1) END;
    EXIT WHEN NOT complete;
  END LOOP;
  IF (phrase -> 'initial')::boolean THEN starts := ARRAY(SELECT s FROM unnest(starts) s WHERE s & 4294967295 = 0 ORDER BY s); END IF;
  IF jsonb_typeof(columns) = 'array' THEN
    starts := ARRAY(SELECT s FROM unnest(starts) s WHERE columns @> to_jsonb(s >> 32) ORDER BY s);
  END IF;
END $$;

-- The runs of tokens in one column that are marked as one: hits that overlap are.
CREATE OR REPLACE FUNCTION fts5.coalesced(hits bigint[], sizes int[], column_number int, OUT starts int[], OUT ends int[])
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  hit bigint;
  start int;
  past int;
  n int := 0;
BEGIN
  starts := '{}';
  ends := '{}';
  FOREACH hit IN ARRAY hits LOOP
    CONTINUE WHEN hit >> 52 <> column_number;
    start := (hit >> 20) & 4294967295;
    past := start + sizes[(hit & 1048575) + 1] - 1;
    IF n > 0 AND start <= ends[n] THEN
      IF past > ends[n] THEN ends[n] := past; END IF;
    ELSE
      n := n + 1;
      starts[n] := start;
      ends[n] := past;
    END IF;
  END LOOP;
END $$;

-- In characters; arrays so that a token is found by its number.
CREATE OR REPLACE FUNCTION fts5.spans(key text, body text, OUT firsts int[], OUT pasts int[])
LANGUAGE plpgsql STABLE AS $$
BEGIN
  EXECUTE format('SELECT coalesce(array_agg(s.first ORDER BY s.n), ''{}''), coalesce(array_agg(s.past ORDER BY s.n), ''{}'')
                    FROM fts5.%I($1) WITH ORDINALITY s(token, first, past, n)', key || '_spans')
    INTO firsts, pasts USING body;
END $$;

-- The characters from `head` on and before `tail`, with the runs between two tokens marked. A run that begins before
-- the first of them stays unmarked, one that reaches beyond the last is cut: so FTS5 does it in snippets.
CREATE OR REPLACE FUNCTION fts5.marked(
  body text, firsts int[], pasts int[], starts int[], ends int[], open text, close text,
  first_token int, last_token bigint, head int, tail int) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  pieces text[] := '{}';
  at int := head;
  opened boolean := false;
  -- the text from character `cut` on: substr() counts from the beginning each time, so that is kept near
  rest text := body;
  cut int := 0;
BEGIN
  FOR i IN 1 .. cardinality(starts) LOOP
    CONTINUE WHEN starts[i] < first_token;
    EXIT WHEN starts[i] > last_token;
    IF at - cut > 16384 THEN
      rest := substr(rest, at - cut + 1);
      cut := at;
    END IF;
    -- a run is closed only by a character between it and the next, and trigrams overlap
    IF NOT opened OR firsts[starts[i] + 1] > at THEN
      IF opened THEN pieces := pieces || coalesce(close, ''); END IF;
      pieces := pieces || substr(rest, at - cut + 1, firsts[starts[i] + 1] - at) || coalesce(open, '');
      at := firsts[starts[i] + 1];
      opened := true;
    END IF;
    pieces := pieces || substr(rest, at - cut + 1, pasts[least(ends[i], last_token) + 1] - at);
    at := pasts[least(ends[i], last_token) + 1];
  END LOOP;
  IF opened THEN pieces := pieces || coalesce(close, ''); END IF;
  IF tail > at THEN pieces := pieces || substr(rest, at - cut + 1, tail - at); END IF;
  RETURN array_to_string(pieces, '');
END $$;
