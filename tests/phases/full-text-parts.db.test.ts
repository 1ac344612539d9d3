/** Full-text tables of which a part is wanted, or that are loaded part by part. */
import { describe, expect, it } from "vitest";
import { numbers } from "../cli/workspace.ts";
import { expectSame, hits, inDatabase, list, succeed, unproven } from "./full-text-application.ts";

describe.concurrent("part of a table", () => {
  it("carries the rows it selects, their index entries, and the positions of those alone", () =>
    inDatabase(async (database, space) => {
      space.sqlite(`
        CREATE TABLE b (id INTEGER PRIMARY KEY, t TEXT);
        CREATE VIRTUAL TABLE b_fts USING fts5(t, content=b, content_rowid=id); CREATE VIRTUAL TABLE o USING fts5(t); CREATE VIRTUAL TABLE rest USING fts5(t);
        INSERT INTO b SELECT n, 'dog w' || (n % 7) || ' ' || replace(hex(zeroblob(150)), '0', 'rep ') FROM (${numbers(20)});
        INSERT INTO b_fts(b_fts) VALUES ('rebuild'); INSERT INTO o(rowid, t) SELECT id, t FROM b; INSERT INTO rest SELECT t FROM b`);
      space.pipeline(
        database.url,
        unproven,
        "tables:",
        "  b: { where: \"t LIKE '%w3%' -- c\", as: papers, rename: { t: text } }",
        "  b_fts: { as: papers_search }",
        '  o: { where: "rowid > 15 -- c" }',
      );
      await succeed(space, "run");
      expect(await hits(database.pool, "papers_search", '"rep rep"')).toEqual([3, 10, 17]);
      expect(await hits(database.pool, "papers_search", "t: dog")).toEqual([3, 10, 17]);
      expect(await hits(database.pool, "o", "dog w2")).toEqual([16]);
      expect(
        await list(
          database.pool,
          "SELECT relation, array_agg(DISTINCT rowid) FROM fts5.positions GROUP BY 1 ORDER BY relation::text",
        ),
      ).toEqual(["o 16,17,18,19,20", "papers_search 3,10,17"]);
      expect(
        await list(
          database.pool,
          "SELECT relation, sum(rows), sum(tokens) FROM fts5.statistics GROUP BY 1 ORDER BY relation::text",
        ),
      ).toEqual(["o 5 1510", "papers_search 3 906"]);
    }));

  it("is loaded in ranges of rowids where the table is large, with nothing twice", () =>
    inDatabase(async (database, space) => {
      space.sqlite(`
        CREATE VIRTUAL TABLE o USING fts5(t, pad UNINDEXED);
        BEGIN;
        INSERT INTO o(rowid, t, pad) SELECT n - 1000, 'dog w' || (n % 97) || ' ' || CASE WHEN n % 200 = 0 THEN replace(hex(zeroblob(150)), '0', 'rep ') ELSE 'x' END, hex(zeroblob(5000)) FROM (${numbers(2600)});
        COMMIT`);
      space.pipeline(database.url, unproven);
      await succeed(space, "run");
      const queries = ["w5", "rep NOT w1", "w5*", '"dog w6 rep"', '"rep rep"'];
      expect((await expectSame(database.pool, space.path("app.db"), ["o"], queries)).o).toBeGreaterThan(100);
      const units = await list(
        database.pool,
        "SELECT step FROM rowhaul.checkpoints WHERE step LIKE 'load/o %' ORDER BY 1",
      );
      expect(units).toEqual(["load/o 1/2", "load/o 2/2"]);
      expect(
        await list(database.pool, "SELECT count(*), count(DISTINCT rowid), min(rowid), max(rowid) FROM fts5.positions"),
      ).toEqual(["39 13 -800 1600"]);
    }));
});
