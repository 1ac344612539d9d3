/** NEAR's two ways to count an occurrence agree: the arrays of fts5.near_counts and the walk of fts5.near_places. */
import { beforeAll, expect, test } from "vitest";
import { useDatabase } from "../../support/database.ts";
import { installSearch } from "./support/install.ts";
import { seeded } from "./support/queries.ts";

const rounds = Number(process.env.ROWHAUL_SEARCH_QUERIES ?? 12) * 50;
const database = useDatabase();
beforeAll(() => installSearch(database.pool));

test.each([2, 3, 4])("%i phrases in random texts", async (phrases) => {
  const random = seeded(phrases);
  const cases = Array.from({ length: rounds }, () => {
    const words = Array.from({ length: 1 + Math.floor(random() * 40) }, () =>
      "abcd'é".charAt(Math.floor(random() * 6)),
    );
    return { words, wanted: "abcd'é".slice(0, phrases).split(""), distance: Math.floor(random() * 6) };
  });
  const { rows } = await database.pool.query(
    `SELECT count(*)::int AS cases, count(counts)::int AS near, count(*) FILTER (WHERE counts IS DISTINCT FROM expected)::int AS different
       FROM (SELECT fts5.near_counts(vector, wanted, array_fill(false, ARRAY[$2]), array_fill(1, ARRAY[$2]), distance, 1, 0) AS counts,
                    CASE WHEN cardinality(found) = $2 THEN nullif(found, array_fill(0, ARRAY[$2])) END AS expected
               FROM (SELECT vector, wanted, distance, ARRAY(
                              SELECT cardinality(fts5.near_places(joined, bounds, array_fill((1 + distance)::bigint, ARRAY[$2]), i))
                                FROM generate_series(1, $2) i WHERE 0 < ALL (sizes) ORDER BY i) AS found
                       FROM (SELECT vector, wanted, distance, sizes,
                                    ARRAY(SELECT p::bigint FROM unnest(wanted) WITH ORDINALITY w(word, n), unnest(texts) WITH ORDINALITY t(text, p)
                                           WHERE text = word ORDER BY n, p) AS joined,
                                    0 || ARRAY(SELECT (sum(s) OVER (ORDER BY n))::int FROM unnest(sizes) WITH ORDINALITY u(s, n) ORDER BY n) AS bounds
                               FROM (SELECT texts, wanted, distance,
                                            ARRAY(SELECT cardinality(array_positions(texts, w)) FROM unnest(wanted) WITH ORDINALITY u(w, n) ORDER BY n) AS sizes,
                                            (SELECT string_agg(fts5.quoted(text) || ':' || p, ' ') FROM unnest(texts) WITH ORDINALITY t(text, p))::tsvector AS vector
                                       FROM (SELECT ARRAY(SELECT jsonb_array_elements_text(c -> 'words')) AS texts,
                                                    ARRAY(SELECT jsonb_array_elements_text(c -> 'wanted')) AS wanted, (c -> 'distance')::int AS distance
                                               FROM jsonb_array_elements($1) c OFFSET 0) a OFFSET 0) b OFFSET 0) d OFFSET 0) e OFFSET 0) f`,
    [JSON.stringify(cases), phrases],
  );
  expect(rows[0]).toEqual({ cases: rounds, near: expect.any(Number), different: 0 });
  expect(rows[0].near).toBeGreaterThan(rounds / 10);
  expect(rows[0].near).toBeLessThan(rounds);
});

test("a prefix finds the positions of its lexemes and of no others", async () => {
  const { rows } = await database.pool.query(
    `SELECT fts5.prefix_positions($1, 'a') AS a, fts5.prefix_positions($1, 'ab') AS ab, fts5.prefix_positions($1, 'b') AS b,
            fts5.prefix_positions($1, 'a' || U&'\\+10FFFF') AS highest, fts5.prefix_positions('', 'a') AS nothing`,
    ["'a':1 'ab':2,7 'abc':3 'a\u{10ffff}\u{10ffff}':4 'aé':5 'c':6"],
  );
  expect(rows).toEqual([{ a: [1, 2, 3, 4, 5, 7], ab: [2, 3, 7], b: [], highest: [4], nothing: [] }]);
});
