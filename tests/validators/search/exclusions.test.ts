import { expect, test } from "vitest";
import { excludedBecause, hasOddScores } from "../../../src/validators/search/exclusions.ts";

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

test("a NEAR that may fail while its row is found", () => {
  expect(["a NOT NEAR(b c)", "NEAR(a b) OR c", "NEAR(a b) AND c", "near OR far"].map(hasOddScores)).toEqual([
    ...[true, true, false, false],
  ]);
});
