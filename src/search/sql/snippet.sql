-- FTS5's snippet(): the window of `tokens` tokens in which the query's phrases are best seen, marked as by highlight().

CREATE OR REPLACE FUNCTION fts5.snippet(
  relation regclass, query text, rowid bigint, column_number int, open text, close text, ellipsis text, tokens int) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  index fts5.indexes := fts5.registered(relation);
BEGIN
  RETURN fts5.snippet_text(index.key, index.columns, fts5.row_texts(index, rowid), query, column_number, open, close, ellipsis, tokens,
                           index.indexed);
END $$;

-- The same of a row that need be in no table: one text for every column. Without `indexed` all columns are.
-- A negative column: the best of all.
CREATE OR REPLACE FUNCTION fts5.snippet_text(
  key text, columns text[], texts text[], query text, column_number int, open text, close text, ellipsis text, tokens int,
  indexed boolean[] DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  wanted int := coalesce(column_number, 0);
  width bigint := coalesce(tokens, 0);
  hits bigint[];
  sizes int[];
  best_column int := greatest(wanted, 0);
  best_start int := 0;
  best_score bigint := 0;
  body text;
  firsts int[];
  pasts int[];
  starts int[];
  ends int[];
  best record;
  spanned int;
  size int;
  last bigint;
  head int;
  tail int;
BEGIN
  IF texts IS NULL OR query IS NULL THEN RETURN NULL; END IF;
  IF wanted >= cardinality(columns) THEN
    RAISE EXCEPTION 'column index out of range' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT i.hits, i.sizes INTO hits, sizes FROM fts5.instances(key, columns, texts, query, indexed) i;
  FOR c IN greatest(wanted, 0) .. CASE WHEN wanted < 0 THEN cardinality(columns) - 1 ELSE wanted END LOOP
    CONTINUE WHEN NOT EXISTS (SELECT FROM unnest(hits) h WHERE h >> 52 = c);
    SELECT s.firsts, s.pasts INTO firsts, pasts FROM fts5.spans(key, texts[c + 1]) s;
    spanned := c;
    SELECT * INTO best FROM fts5.best_window(
      ARRAY(SELECT h FROM unnest(hits) h WHERE h >> 52 = c ORDER BY h), sizes, cardinality(firsts), width,
      CASE WHEN cardinality(firsts) > width THEN fts5.sentence_starts(texts[c + 1], firsts) ELSE '{}' END);
    IF best.score > best_score THEN
      best_score := best.score;
      best_column := c;
      best_start := best.start;
    END IF;
  END LOOP;

  body := texts[best_column + 1];
  IF body IS NULL THEN RETURN NULL; END IF;
  SELECT c.starts, c.ends INTO starts, ends FROM fts5.coalesced(hits, sizes, best_column) c;
  IF spanned IS DISTINCT FROM best_column THEN
    SELECT s.firsts, s.pasts INTO firsts, pasts FROM fts5.spans(key, body) s;
  END IF;
  -- of columns that are not indexed FTS5 knows no tokens
  size := CASE WHEN coalesce(indexed[best_column + 1], true) THEN cardinality(firsts) ELSE 0 END;
  last := best_start + width - 1;
  -- FTS5 takes widths that are no widths; a window that ends before the text begins is none at all
  head := CASE WHEN best_start > 0 AND last >= 0 THEN firsts[best_start + 1] ELSE 0 END;
  tail := CASE WHEN last >= size - 1 THEN length(body) WHEN last < 0 THEN 0 WHEN last < best_start THEN head ELSE pasts[last + 1] END;
  RETURN CASE WHEN best_start > 0 THEN coalesce(ellipsis, '') ELSE '' END
    || fts5.marked(body, firsts, pasts, starts, ends, open, close, best_start,
                   CASE WHEN last < 0 THEN cardinality(firsts) - 1 ELSE least(last, cardinality(firsts) - 1) END, head, tail)
    || CASE WHEN last >= size - 1 THEN '' ELSE coalesce(ellipsis, '') END;
END $$;

-- The best of the windows around each hit and of those that begin with its sentence, the first among equals. The
-- beginning of a sentence is worth 100 points, that of the text 120.
CREATE OR REPLACE FUNCTION fts5.best_window(
  hits bigint[], sizes int[], size int, width bigint, sentences int[], OUT score bigint, OUT start int)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  places int[] := ARRAY(SELECT ((h >> 20) & 4294967295)::int FROM unnest(hits) WITH ORDINALITY u(h, n) ORDER BY n);
  phrases int[] := ARRAY(SELECT ((h & 1048575) + 1)::int FROM unnest(hits) WITH ORDINALITY u(h, n) ORDER BY n);
  points bigint[];
  lasts int[];
  sentence_points bigint[];
  sentence int := 1;
  past int;
  worth bigint;
BEGIN
  score := 0;
  start := 0;
  SELECT w.points, w.lasts INTO points, lasts FROM fts5.window_points(places, places, phrases, cardinality(sizes), width) w;
  SELECT w.points INTO sentence_points FROM fts5.window_points(sentences, places, phrases, cardinality(sizes), width) w;
  FOR i IN 1 .. cardinality(places) LOOP
    IF points[i] > score THEN
      score := points[i];
      past := places[lasts[i]] + sizes[phrases[lasts[i]]];
      start := greatest(0, least(places[i] - (width - (past - places[i])) / 2, size - width));
    END IF;
    CONTINUE WHEN cardinality(sentences) = 0;
    WHILE sentence < cardinality(sentences) AND sentences[sentence + 1] <= places[i] LOOP sentence := sentence + 1; END LOOP;
    worth := sentence_points[sentence] + CASE WHEN sentences[sentence] = 0 THEN 120 ELSE 100 END;
    IF sentences[sentence] < places[i] AND worth > score THEN
      score := worth;
      start := sentences[sentence];
    END IF;
  END LOOP;
END $$;

-- For windows that begin at the ascending `starts`: 1000 points for each phrase in it, 1 for each further hit; and which
-- hit is its last. The window only moves forward, so how often each phrase is in it is kept up to date.
CREATE OR REPLACE FUNCTION fts5.window_points(
  starts int[], places int[], phrases int[], phrase_count int, width bigint, OUT points bigint[], OUT lasts int[])
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  counts int[] := array_fill(0, ARRAY[phrase_count]);
  seen int := 0;
  first int := 1;
  last int := 0;
BEGIN
  points := '{}';
  lasts := '{}';
  FOR i IN 1 .. cardinality(starts) LOOP
    WHILE last < cardinality(places) AND places[last + 1] < starts[i] + width LOOP
      last := last + 1;
      IF counts[phrases[last]] = 0 THEN seen := seen + 1; END IF;
      counts[phrases[last]] := counts[phrases[last]] + 1;
    END LOOP;
    WHILE first <= last AND places[first] < starts[i] LOOP
      counts[phrases[first]] := counts[phrases[first]] - 1;
      IF counts[phrases[first]] = 0 THEN seen := seen - 1; END IF;
      first := first + 1;
    END LOOP;
    -- 999 more for the first of each phrase
    points[i] := seen * 999 + greatest(0, last - first + 1);
    lasts[i] := last;
  END LOOP;
END $$;

-- The numbers of the tokens that begin a sentence: the first, and each after a full stop or colon and white space.
CREATE OR REPLACE FUNCTION fts5.sentence_starts(body text, firsts int[]) RETURNS int[]
LANGUAGE sql IMMUTABLE AS $$
  SELECT ARRAY(
    SELECT 0 WHERE cardinality(firsts) > 0
    UNION
    SELECT (t.n - 1)::int
      FROM (SELECT piece, sum(length(piece) + 1) OVER (ORDER BY n) - length(piece) - 1 AS began, n
              FROM regexp_split_to_table(body COLLATE "C", E'[.:](?=[ \t\n\r])') WITH ORDINALITY p(piece, n)) s,
           generate_series(s.began + 1, s.began + length(piece) - length(ltrim(piece, E' \t\n\r'))) blank
      JOIN unnest(firsts) WITH ORDINALITY t(first, n) ON t.first = blank
     WHERE s.n > 1
     ORDER BY 1)
$$;
