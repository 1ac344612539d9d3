/** The parser against FTS5 itself: what it refuses and how, and, through the rows that match, the tree. */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { messageOf } from "../../../src/core/messages/errors.ts";
import { Fts5Error } from "../../../src/search/query/fts5-error.ts";
import { parse } from "../../../src/search/query/parse.ts";
import { sharedData } from "../../support/shared-data.ts";
import { evaluate, everyRow } from "./evaluate.ts";
import { fts5Oracle } from "./fts5.ts";
import { columns, deepQueries, randomQueries } from "./queries.ts";

const rows = everyRow();
const oracle = fts5Oracle(columns, rows);
afterAll(() => oracle.close());

function refusal(query: string, names: readonly string[] = columns): string | null {
  try {
    parse(query, names);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** More when asked, with the time for it. */
const count = Number(process.env.ROWHAUL_SWEEP ?? 10_000);
const timeout = 20_000 + count;

describe("parse", () => {
  it("refuses what FTS5 refuses, in its words", { timeout }, () => {
    const queries = randomQueries(count, 1);
    const differ = queries.filter((query) => refusal(query) !== oracle.refusal(query));
    expect(differ.map((query) => [query, refusal(query), oracle.refusal(query)])).toEqual([]);
    const taken = queries.filter((query) => refusal(query) === null).length;
    expect(taken).toBeGreaterThan(count / 5);
    expect(taken).toBeLessThan(count * 0.8);
  });

  it("gives a tree that matches the rows FTS5 matches", { timeout }, () => {
    const taken = randomQueries(count, 2).filter((query) => refusal(query) === null);
    const differ = taken.filter((query) => {
      const mine = rows.flatMap((row, i) => (evaluate(parse(query, columns), row) ? [i + 1] : []));
      return mine.join() !== oracle.matches(query).join();
    });
    expect(differ).toEqual([]);
  });

  it("has FTS5's limits", () => {
    const queries = deepQueries();
    const found = queries.map((query) => [query, refusal(query)]);
    expect(found).toEqual(queries.map((query) => [query, oracle.refusal(query)]));
    expect(refusal("(".repeat(1000))).toBe("fts5: parser stack overflow");
  });

  it.runIf(sharedData("search/golden.tsv"))("agrees with the golden set", () => {
    const lines = readFileSync(sharedData("search/golden.tsv") ?? "", "utf8")
      .trimEnd()
      .split("\n")
      .slice(1);
    for (const line of lines) {
      const [, names = "[]", , query = '""', expected = ""] = line.split("\t");
      const error = expected.startsWith("error: ") ? expected.slice("error: ".length) : null;
      expect([query, refusal(JSON.parse(query), JSON.parse(names))]).toEqual([query, error]);
    }
  });

  it.each([
    "",
    " \n",
    "*",
    "*foo bar",
    "* \tx",
    'x "',
    'x """',
    "x\u0001",
    "NEAR(x y, 1x)",
    'NEAR(x y, "1")',
    "near(x y)",
    "rowid:x",
    "t:x",
    "{a nosuch",
    '{a nosuch "',
    "foo(x) #",
    "x\0 (",
    "*READS x",
  ])("agrees with FTS5 on %j", (query) => {
    expect(refusal(query)).toBe(oracle.refusal(query));
  });

  it("keeps the query in the error", () => {
    expect(() => parse("x AND", columns)).toThrow(Fts5Error);
    expect(() => parse("x AND", columns)).toThrow(expect.objectContaining({ query: "x AND" }));
  });

  it("gives one tree for one query", () => {
    const near = (text: string, more = {}) => ({
      near: { phrases: [{ parts: [{ text, prefix: false }], initial: false }], distance: 10, columns: null, ...more },
    });
    expect(parse("x", columns)).toEqual(near("x"));
    expect(parse("*reads", columns)).toBeNull();
    expect(parse("x OR y AND z AND (w AND v)", columns)).toEqual({
      or: [near("x"), { and: ["y", "z", "w", "v"].map((text) => near(text)) }],
    });
    expect(parse("x NOT y z", columns)).toEqual({ not: [near("x"), { all: [near("y"), near("z")] }] });
    expect(parse('{a D} : (D : "q""r" a:x "b c":y)', columns)).toEqual({
      all: [near('q"r', { columns: [2] }), near("x", { columns: [0] }), near("y", { columns: [] })],
    });
    expect(parse("^a+b*", columns)).toEqual({
      near: {
        phrases: [
          {
            parts: [
              { text: "a", prefix: false },
              { text: "b", prefix: true },
            ],
            initial: true,
          },
        ],
        distance: 10,
        columns: null,
      },
    });
    expect(parse("NEAR(x, 99999999999)", columns)).toEqual(near("x", { distance: 999999999 }));
  });

  it("takes long queries in linear time", () => {
    const long = (query: string) => {
      const started = performance.now();
      refusal(query);
      return performance.now() - started;
    };
    for (const text of ["x AND ", "x OR ", "x+", "é ", "a:x ", "( ", '"" '])
      expect(long(`${text.repeat(50_000)}x`)).toBeLessThan(10_000);
  });
});
