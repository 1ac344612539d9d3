-- bm25, bit for bit FTS5's: the same operations on float8 in the same order. Literals are float8 throughout,
-- since numeric ones would change bits and speed.

-- ln((N - hits + 0.5) / (hits + 0.5)), kept above zero. Rows written past the triggers are found and not counted in N.
CREATE OR REPLACE FUNCTION fts5.idf(rows bigint, hits bigint) RETURNS float8
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN i <= 0.0::float8 THEN 1e-6::float8 ELSE i END
    FROM (SELECT ln((greatest(rows - hits, 0)::float8 + 0.5::float8) / (hits::float8 + 0.5::float8)) AS i) s
$$;

-- The sum over many phrases; few are written out in the statement itself (fts5.bm25_sum).
CREATE OR REPLACE FUNCTION fts5.bm25(idfs float8[], frequencies float8[], k float8) RETURNS float8
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  score float8 := 0;
BEGIN
  FOR i IN 1 .. cardinality(idfs) LOOP
    score := score + idfs[i] * ((frequencies[i] * 2.2::float8) / (frequencies[i] + k));
  END LOOP;
  RETURN -1.0::float8 * score;
END $$;

-- Frequency plus weight, `times` times: FTS5 adds one occurrence at a time, which rounds differently from a product.
CREATE OR REPLACE FUNCTION fts5.add_weights(frequency float8, weight float8, times float8) RETURNS float8
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  FOR i IN 1 .. times::int LOOP frequency := frequency + weight; END LOOP;
  RETURN frequency;
END $$;

-- The frequency of a phrase as an SQL expression. `counts` are expressions of its occurrences by group of `weights`,
-- in the order of columns.
CREATE OR REPLACE FUNCTION fts5.frequency_sql(counts text[], weights float8[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  expression text := '0::float8';
BEGIN
  FOR i IN 1 .. cardinality(counts) LOOP
    IF weights[i] = 1 AND i = 1 THEN
      expression := counts[i];
    ELSIF fts5.exact_weight(weights[i]) THEN
      expression := format('(%s + %L::float8 * %s)', expression, weights[i], counts[i]);
    ELSE
      expression := format('fts5.add_weights(%s, %L::float8, %s)', expression, weights[i], counts[i]);
    END IF;
  END LOOP;
  RETURN expression;
END $$;

-- Whether sums of the weight are exact, so that they may be written as products: 10, 2.5, but not 0.1.
CREATE OR REPLACE FUNCTION fts5.exact_weight(weight float8) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT abs(weight) <= 1e6 AND weight * 1024 = trunc(weight * 1024)
$$;

-- A plan's phrases in order, each with the tsqueries of the branches that must match for its occurrences to count:
-- every part of an OR above it. What is right of a NOT never counts.
CREATE OR REPLACE FUNCTION fts5.counted_phrases(node jsonb, conditions text[], below_or boolean, counted boolean)
RETURNS TABLE(phrase jsonb, branches text[], counts boolean)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  op text := node ->> 'op';
BEGIN
  IF op = 'near' THEN
    RETURN QUERY SELECT value, CASE WHEN below_or AND jsonb_array_length(node -> 'phrases') > 1
                                    THEN conditions || (node ->> 'match') ELSE conditions END, counted
                   FROM jsonb_array_elements(node -> 'phrases') WITH ORDINALITY e(value, n) ORDER BY n;
    RETURN;
  END IF;
  IF below_or THEN conditions := conditions || (node ->> 'match'); END IF;
  RETURN QUERY SELECT c.phrase, c.branches, c.counts
                 FROM jsonb_array_elements(node -> 'items') WITH ORDINALITY e(value, n),
                      fts5.counted_phrases(value, conditions, op = 'or', counted AND (op <> 'not' OR n = 1)) c
                ORDER BY n, (c.phrase -> 'number')::int;
END $$;
