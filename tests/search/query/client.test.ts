import { describe, expect, it } from "vitest";
import { Fts5Error, fts5, parse, quote } from "../../../src/search/index.ts";

const docs = fts5({ table: ["public", 'my "docs'], columns: ["title", "body"] });
const name = '"public"."my ""docs"';

describe("fts5", () => {
  it("asks for the best matches", () => {
    expect(docs.query("x OR y", { weights: [10, 1], limit: 20, offset: 40 })).toEqual({
      text: 'SELECT found.rowid, found.rank FROM "fts5".search($1::regclass, $2, $3::float8[], $4::bigint, $5::bigint, $6::boolean) AS found ORDER BY found.rank, found.rowid',
      values: [name, "x OR y", [10, 1], 20, 40, true],
    });
  });

  it("gives columns of the table that has the texts", () => {
    const search = '"search here".search($1::regclass, $2, $3::float8[], $4::bigint, $5::bigint, $6::boolean) AS found';
    const other = fts5({ table: "docs_fts", columns: undefined, schema: "search here" });
    expect(other.query("x", { select: ["title"], ranked: false }).text).toBe(
      `SELECT found.rowid, found.rank, source."title" FROM ${search} JOIN "docs_fts" AS source ON source."rowid" = found.rowid ORDER BY found.rowid`,
    );
    expect(other.query("x", { select: ["title"], from: { table: "docs", key: "id" } }).text).toBe(
      `SELECT found.rowid, found.rank, source."title" FROM ${search} JOIN "docs" AS source ON source."id" = found.rowid ORDER BY found.rank, found.rowid`,
    );
  });

  it("makes a condition", () => {
    expect(docs.matches("title : x", { rowid: ["d", "id"], first: 3 })).toEqual({
      text: '"d"."id" IN (SELECT rowid FROM "fts5".search($3::regclass, $4, ranked => false))',
      values: [name, "title : x"],
    });
  });

  it("marks what matched", () => {
    expect(docs.highlight("x", { column: "body", open: "<b>", close: "</b>" })).toEqual({
      text: '"fts5".highlight($1::regclass, $2, "rowid", $3, $4, $5)',
      values: [name, "x", 1, "<b>", "</b>"],
    });
    const where = { column: -1, open: "[", close: "]", ellipsis: "…", tokens: 8, first: 2 };
    expect(docs.snippet("x", { ...where, rowid: ["found", "rowid"] })).toEqual({
      text: '"fts5".snippet($2::regclass, $3, "found"."rowid", $4, $5, $6, $7, $8)',
      values: [name, "x", -1, "[", "]", "…", 8],
    });
    expect(() => docs.highlight("x", { column: "nosuch", open: "", close: "" })).toThrow('"nosuch"');
  });

  it("refuses a wrong query before it is sent, if the columns are known", () => {
    for (const refused of [docs.query, docs.matches])
      expect(() => refused("nosuch : x")).toThrow("no such column: nosuch");
    expect(() => docs.query("x AND")).toThrow(Fts5Error);
    expect(fts5({ table: "d", columns: undefined }).query("x AND").values[1]).toBe("x AND");
  });
});

describe("quote", () => {
  it("leaves no operator in what a person typed", () => {
    for (const typed of ['a" OR b', "NEAR(", "", "a*", 'x"']) {
      expect(parse(quote(typed), [])).toEqual({
        near: { phrases: [{ parts: [{ text: typed, prefix: false }], initial: false }], distance: 10, columns: null },
      });
    }
  });
});
