-- FTS5's query language, read exactly as FTS5 reads it, errors included.
--
-- The same algorithm as src/search/query/parse.ts, in one function because a call per
-- token would cost more than the work. FTS5's own parser is a table with a stack of 100
-- entries; this one keeps only the operators and parentheses that are open and counts how
-- many entries FTS5 would have (base: those below the operand being read).
--
-- The JSON is made as a list of pieces, one or more per phrase, in the order of the
-- query; an operator only adds to the first and last piece of its sides. So a long query
-- costs as much per word as a short one.
CREATE OR REPLACE FUNCTION fts5.parse(query text, columns text[]) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  overflow CONSTANT text := 'fts5: parser stack overflow';
  source text COLLATE "C" := coalesce(query, '');
  problem text;
  names text[] COLLATE "C" := ARRAY(SELECT lower(c COLLATE "C") FROM unnest(columns) WITH ORDINALITY AS u(c, n) ORDER BY n);
  -- the tokens: as written, as JSON strings, and of which kind: s string, & | ! operators,
  -- $ the end, u and ? what FTS5 cannot read, else the character itself
  words text[] COLLATE "C";
  literals text[];
  kinds "char"[];
  i int := 1;
  -- what is open: ( or an operator with its left side
  frames int := 0;
  f_kind "char"[] := '{}';
  f_strength int[] := '{}';
  f_base int[] := '{}';
  f_scope text[] := '{}';
  l_kind "char"[] := '{}';
  l_root "char"[] := '{}';
  l_first int[] := '{}';
  l_last int[] := '{}';
  l_height int[] := '{}';
  base int := 0;
  scope int[];
  -- the operand just read: kind * is juxtaposition, . a single phrase or NEAR; root is what FTS5 has there
  o_kind "char";
  o_root "char";
  o_first int;
  o_last int;
  o_height int;
  -- one member of a run of phrases
  members int;
  tokenful int;
  empty boolean;
  below int;
  inverted boolean;
  chosen int[];
  filter int[];
  near text COLLATE "C";
  initial boolean;
  b int;
  depth int;
  distance text COLLATE "C";
  piece text;
  pieces text[] := '{}';
  n int := 0;
  sum int;
  k "char";
  strength int;
  opening CONSTANT jsonb := E'{"&": "{\\"and\\":[", "|": "{\\"or\\":[", "!": "{\\"not\\":[", "*": "{\\"all\\":["}';
BEGIN
  IF left(source, 1) = '*' THEN
    source := split_part(ltrim(substr(source, 2), ' '), ' ', 1);
    IF lower(source) IN ('reads', 'id') THEN RETURN NULL; END IF;
    RAISE EXCEPTION USING MESSAGE = 'unknown special query: ' || source, ERRCODE = '22023';
  END IF;

  -- A string takes its closing quote if it has one, and the longest match wins: then it is
  -- whole exactly if it has an even number of quotes. Barewords are all outside ASCII, and
  -- of ASCII letters, digits, _ and U+001A.
  SELECT array_agg(w[1]), array_agg(to_json(
           CASE WHEN left(w[1], 1) = '"' THEN replace(substr(w[1], 2, greatest(length(w[1]) - 2, 0)), '""', '"') ELSE w[1] END)::text),
         array_agg(CASE
           WHEN left(w[1], 1) = '"' THEN CASE WHEN (length(w[1]) - length(replace(w[1], '"', ''))) % 2 = 0 THEN 's' ELSE 'u' END
           WHEN w[1] IN ('(', ')', '{', '}', ':', ',', '+', '*', '-', '^') THEN w[1]
           WHEN w[1] = 'AND' THEN '&' WHEN w[1] = 'OR' THEN '|' WHEN w[1] = 'NOT' THEN '!'
           WHEN w[1] ~ E'^[\\u0001-\\u0019\\u001b-\\u002f\\u003a-\\u0040\\u005b-\\u005e\\u0060\\u007b-\\u007f]' THEN '?'
           ELSE 's' END::"char")
    INTO words, literals, kinds
    FROM regexp_matches(source,
      E'"(?:[^"]|"")*"?|[^\\u0001-\\u0019\\u001b-\\u002f\\u003a-\\u0040\\u005b-\\u005e\\u0060\\u007b-\\u007f]+|[^ \\t\\n\\r]', 'g') AS m(w);
  n := coalesce(cardinality(words), 0);
  words[n + 1] := '';
  literals[n + 1] := '';
  kinds[n + 1] := '$';
  n := 0;

  <<parsing>>
  LOOP
    members := 0;
    tokenful := 0;
    o_first := n + 1;
    LOOP
      -- a column filter: col:  {a b}:  -col:  -{a b}:
      below := CASE WHEN members = 0 THEN base ELSE base + 1 END;
      b := below;
      filter := scope;
      inverted := kinds[i] = '-';
      IF inverted OR kinds[i] = '{' OR (kinds[i] = 's' AND kinds[i + 1] = ':') THEN
        IF inverted THEN
          b := b + 1;
          IF b > 99 THEN problem := overflow; EXIT parsing; END IF;
          i := i + 1;
        END IF;
        chosen := '{}';
        IF kinds[i] = '{' THEN
          IF b + 1 > 99 THEN problem := overflow; EXIT parsing; END IF;
          i := i + 1;
          LOOP
            EXIT parsing WHEN kinds[i] <> 's';
            IF b + (CASE WHEN chosen = '{}' THEN 2 ELSE 3 END) > 99 THEN problem := overflow; EXIT parsing; END IF;
            i := i + 1;
            chosen := chosen || array_position(names, lower((literals[i - 1]::json #>> '{}') COLLATE "C"));
            IF chosen[cardinality(chosen)] IS NULL THEN
              problem := 'no such column: ' || (literals[i - 1]::json #>> '{}');
              EXIT parsing;
            END IF;
            EXIT WHEN kinds[i] = '}';
          END LOOP;
          IF b + 3 > 99 THEN problem := overflow; EXIT parsing; END IF;
          i := i + 1;
        ELSE
          EXIT parsing WHEN kinds[i] <> 's';
          IF b + 1 > 99 THEN problem := overflow; EXIT parsing; END IF;
          i := i + 1;
          chosen := ARRAY[array_position(names, lower((literals[i - 1]::json #>> '{}') COLLATE "C"))];
          IF chosen[1] IS NULL THEN
            problem := 'no such column: ' || (literals[i - 1]::json #>> '{}');
            EXIT parsing;
          END IF;
        END IF;
        EXIT parsing WHEN kinds[i] <> ':';
        below := below + 2;
        IF below > 99 THEN problem := overflow; EXIT parsing; END IF;
        i := i + 1;
        filter := ARRAY(SELECT c - 1 FROM generate_series(1, cardinality(names)) AS c
                         WHERE (c = ANY (chosen)) <> inverted AND (scope IS NULL OR c - 1 = ANY (scope)) ORDER BY c);
      END IF;

      IF members = 0 AND kinds[i] = '(' THEN
        below := below + 1;
        IF below > 99 THEN problem := overflow; EXIT parsing; END IF;
        frames := frames + 1;
        f_kind[frames] := '(';
        f_strength[frames] := -1;
        f_base[frames] := base;
        f_scope[frames] := scope;
        scope := filter;
        base := below;
        i := i + 1;
        CONTINUE parsing;
      END IF;

      -- a phrase, a phrase with ^, or NEAR( )
      initial := kinds[i] = '^';
      near := NULL;
      b := below;
      IF initial THEN
        b := b + 1;
        IF b > 99 THEN problem := overflow; EXIT parsing; END IF;
        i := i + 1;
      ELSIF kinds[i] = 's' AND kinds[i + 1] = '(' THEN
        -- any word may stand here for FTS5's grammar; that it is not NEAR is found at the end
        near := words[i];
        b := b + 1;
        IF b > 99 THEN problem := overflow; EXIT parsing; END IF;
        i := i + 1;
        b := b + 1;
        IF b > 99 THEN problem := overflow; EXIT parsing; END IF;
        i := i + 1;
      END IF;
      piece := '{"near":{"phrases":[{"parts":[';
      empty := true;
      LOOP
        EXIT parsing WHEN kinds[i] <> 's';
        depth := b + 1;
        LOOP
          IF depth > 99 THEN problem := overflow; EXIT parsing; END IF;
          empty := empty AND words[i] = '""';
          piece := piece || '{"text":' || literals[i];
          i := i + 1;
          -- where no star is, FTS5's stack has an entry for its absence
          IF depth + 1 > 99 THEN problem := overflow; EXIT parsing; END IF;
          IF kinds[i] = '*' THEN
            i := i + 1;
            piece := piece || ',"prefix":true}';
          ELSE
            piece := piece || ',"prefix":false}';
          END IF;
          EXIT WHEN kinds[i] <> '+';
          IF b + 2 > 99 THEN problem := overflow; EXIT parsing; END IF;
          i := i + 1;
          EXIT parsing WHEN kinds[i] <> 's';
          depth := b + 3;
          n := n + 1;
          pieces[n] := piece || ',';
          piece := '';
        END LOOP;
        piece := piece || CASE WHEN initial THEN '],"initial":true}' ELSE '],"initial":false}' END;
        EXIT WHEN near IS NULL OR kinds[i] <> 's';
        n := n + 1;
        pieces[n] := piece || ',';
        piece := '{"parts":[';
        b := below + 3;
      END LOOP;
      distance := '10';
      IF near IS NOT NULL THEN
        IF below + 4 > 99 THEN problem := overflow; EXIT parsing; END IF;
        IF kinds[i] = ',' THEN
          i := i + 1;
          EXIT parsing WHEN kinds[i] <> 's';
          IF below + 5 > 99 THEN problem := overflow; EXIT parsing; END IF;
          distance := words[i];
          i := i + 1;
        END IF;
        EXIT parsing WHEN kinds[i] <> ')';
        IF below + 5 > 99 THEN problem := overflow; EXIT parsing; END IF;
        i := i + 1;
        IF near <> 'NEAR' THEN
          problem := format('fts5: syntax error near "%s"', near);
          EXIT parsing;
        END IF;
        IF distance !~ '^[0-9]+$' THEN
          problem := format('expected integer, got "%s"', distance);
          EXIT parsing;
        END IF;
        -- FTS5 leaves out the digits that would overflow
        IF length(distance) < 9 THEN
          distance := ltrim(distance, '0');
        ELSE
          sum := 0;
          FOR c IN 1 .. length(distance) LOOP
            EXIT WHEN sum >= 214748363;
            sum := sum * 10 + substr(distance, c, 1)::int;
          END LOOP;
          distance := sum::text;
        END IF;
        IF distance = '' THEN distance := '0'; END IF;
      END IF;
      n := n + 1;
      pieces[n] := piece || '],"distance":' || distance || ',"columns":'
        || CASE WHEN filter IS NULL THEN 'null' ELSE to_json(filter)::text END || '}}';
      members := members + 1;
      -- a member without tokens takes no place in FTS5's tree; only of an empty text is that known here
      IF NOT empty THEN tokenful := tokenful + 1; END IF;
      EXIT WHEN kinds[i] NOT IN ('s', '{', '-', '^');
      pieces[n] := pieces[n] || ',';
    END LOOP;
    o_last := n;
    o_kind := CASE WHEN members > 1 THEN '*' ELSE '.' END;
    o_root := CASE WHEN tokenful > 1 THEN '&' ELSE '.' END;
    o_height := CASE WHEN tokenful > 1 THEN 1 ELSE 0 END;

    -- what ends the operand
    LOOP
      k := kinds[i];
      strength := CASE k WHEN '|' THEN 1 WHEN '&' THEN 2 WHEN '!' THEN 3 ELSE 0 END;
      -- close the operators that bind at least as strongly, down to the last parenthesis
      WHILE frames > 0 AND f_strength[frames] >= strength LOOP
        k := f_kind[frames];
        o_height := greatest(
          CASE WHEN k <> '!' AND l_root[frames] = k THEN l_height[frames] ELSE l_height[frames] + 1 END,
          CASE WHEN k <> '!' AND o_root = k THEN o_height ELSE o_height + 1 END);
        IF o_height > 256 THEN
          problem := 'fts5 expression tree is too large (maximum depth 256)';
          EXIT parsing;
        END IF;
        -- AND within AND and OR within OR are one list; anything else is closed here
        IF l_kind[frames] <> '.' AND (k = '!' OR l_kind[frames] <> k) THEN
          pieces[l_first[frames]] := opening ->> l_kind[frames]::text || pieces[l_first[frames]];
          pieces[l_last[frames]] := pieces[l_last[frames]] || ']}';
        END IF;
        IF o_kind <> '.' AND (k = '!' OR o_kind <> k) THEN
          pieces[o_first] := opening ->> o_kind::text || pieces[o_first];
          pieces[o_last] := pieces[o_last] || ']}';
        END IF;
        pieces[l_last[frames]] := pieces[l_last[frames]] || ',';
        o_first := l_first[frames];
        o_kind := k;
        o_root := k;
        base := f_base[frames];
        frames := frames - 1;
      END LOOP;
      EXIT WHEN kinds[i] <> ')';
      EXIT parsing WHEN frames = 0;
      IF base + 2 > 99 THEN problem := overflow; EXIT parsing; END IF;
      i := i + 1;
      base := f_base[frames];
      scope := f_scope[frames];
      frames := frames - 1;
    END LOOP;
    IF kinds[i] IN ('&', '|', '!') THEN
      IF base + 2 > 99 THEN problem := overflow; EXIT parsing; END IF;
      frames := frames + 1;
      f_kind[frames] := kinds[i];
      f_strength[frames] := strength;
      f_base[frames] := base;
      l_kind[frames] := o_kind;
      l_root[frames] := o_root;
      l_first[frames] := o_first;
      l_last[frames] := o_last;
      l_height[frames] := o_height;
      base := base + 2;
      i := i + 1;
    ELSE
      EXIT parsing WHEN kinds[i] <> '$' OR frames > 0;
      IF o_kind <> '.' THEN
        pieces[o_first] := opening ->> o_kind::text || pieces[o_first];
        pieces[o_last] := pieces[o_last] || ']}';
      END IF;
      RETURN array_to_string(pieces, '')::jsonb;
    END IF;
  END LOOP;

  -- FTS5 acts on what it has read when it has the next token: if that one cannot be read, this
  -- is the first error
  IF kinds[i] = 'u' THEN
    problem := 'unterminated string';
  ELSIF problem IS NULL OR kinds[i] = '?' THEN
    problem := format('fts5: syntax error near "%s"', words[i]);
  END IF;
  RAISE EXCEPTION USING MESSAGE = problem, ERRCODE = '22023';
END $$;
