/** The sentence on search: tables alike share it, and what was not judged is said. */
import { expect, test } from "vitest";
import type { ClassReport, IndexReport } from "../../../../src/core/search-report.ts";
import { summarise } from "../../../../src/validators/postgres/search/summary.ts";

test("tables that answer alike share a sentence", () => {
  const like = { table: "docs", column: "title", patterns: 20, equal: 20, source: took(1), target: took(1) };
  expect(summarise({ indexes: [index("a_fts"), index("b_fts"), index("c_fts")], like: [like] })).toBe(
    "every word of 30 rows in its place, 300 queries on a_fts, b_fts and c_fts: the same hits, the same order, scores equal to the last bit; median 0.5 ms in SQLite, 2.0 ms in PostgreSQL; LIKE and NOCASE on docs.title: 20 patterns, all equal",
  );
  expect(summarise({ indexes: ["a", "b", "c", "d"].map((name) => index(name)), like: [] })).toContain(
    "400 queries on 4 full-text tables:",
  );
});

test("a table that differs, or whose words were not compared, speaks for itself", () => {
  const differing = index("b_fts", { classes: [asked("phrase", { sets: 99, order50: 98, scores: 97 })] });
  expect(summarise({ indexes: [index("a_fts"), differing, index("c_fts", { tokens: null })], like: [] })).toBe(
    [
      "every word of 10 rows in its place, 100 queries on a_fts: the same hits, the same order, scores equal to the last bit; median 0.5 ms in SQLite, 2.0 ms in PostgreSQL",
      "every word of 10 rows in its place, 100 queries on b_fts: the same hits in 99 %, the same order in 98 %, scores equal to the last bit in 97 %; median 0.5 ms in SQLite, 2.0 ms in PostgreSQL",
      "100 queries on c_fts: the same hits, the same order, scores equal to the last bit; median 0.5 ms in SQLite, 2.0 ms in PostgreSQL",
    ].join("; "),
  );
});

test("the user's own queries, wrong ones and those left unjudged are counted", () => {
  const yours = asked("yours", { queries: 6, refused: 2, sets: 6, order50: 6, scores: 6 });
  const excluded = { "scores only: FTS5 counts words of a NEAR or NOT that failed": 3, "is not valid Unicode": 1 };
  expect(summarise({ indexes: [index("a_fts", { classes: [asked("single"), yours], excluded })], like: [] })).toContain(
    "106 queries on a_fts (6 of them yours, 2 of yours refused by both sides, 3 not judged by their scores, 1 more not asked): the same hits",
  );
});

function index(table: string, more: Partial<IndexReport> = {}): IndexReport {
  const tokens = { rows: 10, tokens: 50, different: 0, stale: 0 };
  return { table, mode: "exact", tokens, classes: [asked("single")], causes: {}, excluded: {}, ...more };
}

function asked(name: string, more: Partial<ClassReport> = {}): ClassReport {
  const equal = { sets: 100, order10: 100, order50: 100, scores: 100 };
  const found = { refused: 0, empty: 0, maxScoreDifference: 0, overlap10: 1, rbo: 1 };
  return { class: name, queries: 100, ...equal, ...found, source: took(0.5), target: took(2), ...more };
}

function took(median: number) {
  return { median, p95: median };
}
