import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { excludedBecause, hasOddScores } from "../../../../src/validators/postgres/search/exclusions.ts";

test.each([
  ["plain words", "fts5", null],
  ["a\0b", "fts5", "holds U+0000, which PostgreSQL's text cannot"],
  ["\ud800", "fts5", "is not valid Unicode"],
  [`${"x".repeat(481)}*`, "fts5", "looks for a prefix of more than 480 characters"],
  ["x".repeat(481), "fts5", null],
  ['one two* "a phrase"', "fts4", null],
  ["one OR two", "fts4", "is written in a grammar that FTS3 and FTS4 read otherwise"],
  ["title:one", "fts3", "is written in a grammar that FTS3 and FTS4 read otherwise"],
  ['"one tw*"', "fts4", "is written in a grammar that FTS3 and FTS4 read otherwise"],
] as const)("%j in %s", (query, module, reason) => {
  expect(excludedBecause(query, module)).toBe(reason);
});

test.each([
  ["ha*", "unicode61 separators 'ae'", true],
  ["ha*", "unicode61 separators=ae", true],
  ["hab*", "unicode61 separators 'ae'", false],
  ["ha*", "unicode61", false],
])("%s by %s: FTS4 takes it for a whole word: %s", (query, tokenize, whole) => {
  const reason = "looks for a prefix that ends in a separator, which FTS3 and FTS4 take for a whole word";
  expect(excludedBecause(query, "fts4", tokenize)).toBe(whole ? reason : null);
  expect(excludedBecause(query, "fts5", tokenize)).toBeNull();
});

test("FTS5 itself scores words of a NEAR, or right of a NOT, that did not match", () => {
  const db = new Database(":memory:");
  db.exec("CREATE VIRTUAL TABLE t USING fts5(a); INSERT INTO t VALUES ('y c'), ('c'), ('y c'), ('a x x x x b c')");
  for (let i = 0; i < 9; i++) db.exec("INSERT INTO t VALUES ('filler')");
  const scores = (query: string) =>
    db.prepare<[string], number>("SELECT rank FROM t WHERE t MATCH ? ORDER BY rowid").pluck().all(query);
  const plain = scores("c");
  const differing = (query: string) => scores(query).filter((score, i) => score !== plain[i]).length;
  expect(differing("(nothing NOT y) OR c")).toBe(1);
  expect(differing("NEAR(a b + x) OR c")).toBe(1);
  expect(differing("NEAR(a b, 1) OR c")).toBe(0);
  expect(differing("(nothing AND y) OR c")).toBe(0);
  db.close();
});

test.each([
  ["a NOT NEAR(b c)", 5, true],
  ["NEAR(a b) OR c", 5, true],
  ["NEAR(a b) AND c", 1, false],
  ["near OR far", 1, false],
  ["a NOT b OR c", 1, true],
  ["a NOT b OR c", 2, false],
  ["a NOT b", 1, false],
])("%s, %i rows: %s", (query, rows, odd) => {
  expect(hasOddScores(query, rows)).toBe(odd);
});
