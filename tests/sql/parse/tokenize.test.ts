import { describe, expect, it } from "vitest";
import { SqlSyntaxError } from "../../../src/sql/parse/syntax-error.ts";
import { tokenize } from "../../../src/sql/parse/tokenize.ts";

const shown = (sql: string) =>
  tokenize(sql)
    .map(({ kind, value }) => `${kind} ${value}`.trim())
    .slice(0, -1);

describe("tokenize", () => {
  it.each([
    ['a "b""c" [d e] `f``g`', ["word a", 'quoted b"c', "quoted d e", "quoted f`g"]],
    ["'it''s' ''", ["string it's", "string"]],
    [
      "1 1.5 .5 5. 1e3 1E-3 0xFf 1_000.5_0",
      [
        "number 1",
        "number 1.5",
        "number .5",
        "number 5.",
        "number 1e3",
        "number 1E-3",
        "number 0xFf",
        "number 1000.50",
      ],
    ],
    ["x'0aFF' X''", ["blob 0aff", "blob"]],
    ["a--b\n/* c */d/* to the end", ["word a", "word d"]],
    [
      "||->->>==<><<>>!=<=>=",
      ["||", "->", "->>", "==", "<>", "<<", ">>", "!=", "<=", ">="].map((o) => `operator ${o}`),
    ],
    ["a-1", ["word a", "operator -", "number 1"]],
    ["?1 :a @b $c::d", ["parameter ?1", "parameter :a", "parameter @b", "parameter $c::d"]],
    ["naïve 表 _x$1", ["word naïve", "word 表", "word _x$1"]],
    ["t.1", ["word t", "number .1"]],
  ])("%s", (sql, expected) => {
    expect(shown(sql)).toEqual(expected);
  });

  it("keeps positions", () => {
    const sql = "  ab /* x */ 'c''d' ";
    expect(tokenize(sql).map(({ from, to }) => sql.slice(from, to))).toEqual(["ab", "'c''d'", ""]);
  });

  it.each(["'open", '"open', "[open", "1abc", "!"])("refuses %s", (sql) => {
    expect(() => tokenize(sql)).toThrow(SqlSyntaxError);
  });
});
