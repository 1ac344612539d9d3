import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Manifest } from "../../src/exports/manifest.ts";
import { makeDatabase } from "../support/scratch-database.ts";
import { catalogOf, exportAll, importFrom, query } from "./round-trip.ts";

/** How each virtual table travelled, what was lost, and the imported file. */
async function travel(
  path: string,
  tables?: { table: string; where: string | null }[],
): Promise<{ how: unknown; lost: Manifest["lost"]; imported: string }> {
  const { folder } = await exportAll(path, tables === undefined ? {} : { tables });
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Manifest;
  const info = await importFrom(folder);
  expect(info.proof?.passed).toBe(true);
  expect(query(info.path, "PRAGMA integrity_check")).toEqual([["ok"]]);
  return {
    how: manifest.virtualTables.map(({ table, how }) => [table, how]),
    lost: manifest.lost,
    imported: info.path,
  };
}

describe("full-text tables", () => {
  it("with texts of their own are made again, with rowids, classes and settings", async () => {
    const path = makeDatabase(`CREATE VIRTUAL TABLE f USING fts5(title, body UNINDEXED, tokenize = 'porter');
      INSERT INTO f (rowid, title, body) VALUES (10, 'running dogs', x'00'), (20, 'a dog', 5), (-3, NULL, 1.5);
      INSERT INTO f (f, rank) VALUES ('rank', 'bm25(10.0)'), ('automerge', 8)`);
    const { how, imported } = await travel(path);
    expect(how).toEqual([["f", "rebuilt"]]);
    expect(catalogOf(imported)).toEqual(catalogOf(path));
    const sql = "SELECT rowid, title, typeof(body), body FROM f ORDER BY rowid";
    expect(query(imported, sql)).toEqual(query(path, sql));
    const ranked = "SELECT rowid, rank FROM f WHERE f MATCH 'dog' ORDER BY rank";
    expect(query(imported, ranked)).toEqual(query(path, ranked));
  });

  it("without texts travel with their index", async () => {
    const path = makeDatabase(`CREATE VIRTUAL TABLE f USING fts5(t, content='');
      INSERT INTO f (rowid, t) VALUES (1, 'one two'), (7, 'two')`);
    const { how, lost, imported } = await travel(path);
    expect([how, lost]).toEqual([[["f", "stored"]], []]);
    expect(catalogOf(imported)).toEqual(catalogOf(path));
    expect(query(imported, "SELECT rowid FROM f WHERE f MATCH 'two' ORDER BY rowid")).toEqual([[1n], [7n]]);
  });

  it("whose content was changed behind their back keep their index", async () => {
    const path = makeDatabase(`CREATE TABLE a (id INTEGER PRIMARY KEY, t); INSERT INTO a VALUES (1, 'one'), (2, 'two');
      CREATE VIRTUAL TABLE f USING fts5(t, content=a, content_rowid=id); INSERT INTO f (f) VALUES ('rebuild');
      DELETE FROM a WHERE id = 2`);
    const { how, imported } = await travel(path);
    expect(how).toEqual([["f", "stored"]]);
    const sql = "SELECT rowid FROM f WHERE f MATCH 'two'";
    expect(query(imported, sql)).toEqual(query(path, sql));
  });

  it("of views, FTS4 and R*Tree travel with their index", async () => {
    const path = makeDatabase(`CREATE TABLE a (id INTEGER PRIMARY KEY, t); INSERT INTO a VALUES (1, 'one');
      CREATE VIEW v AS SELECT id, t FROM a;
      CREATE VIRTUAL TABLE fv USING fts5(t, content='v', content_rowid='id'); INSERT INTO fv (fv) VALUES ('rebuild');
      CREATE VIRTUAL TABLE f4 USING fts4(t); INSERT INTO f4 VALUES ('four');
      CREATE VIRTUAL TABLE f4_more USING fts5(t); INSERT INTO f4_more VALUES ('more');
      CREATE VIRTUAL TABLE r USING rtree(id, x0, x1); INSERT INTO r VALUES (1, 0.5, 2)`);
    const { how, imported } = await travel(path);
    expect(how).toEqual([
      ["fv", "stored"],
      ["f4", "stored"],
      ["f4_more", "rebuilt"],
      ["r", "stored"],
    ]);
    expect(query(imported, "SELECT rowid FROM f4 WHERE f4 MATCH 'four'")).toEqual([[1n]]);
    expect(query(imported, "SELECT rowid FROM f4_more WHERE f4_more MATCH 'more'")).toEqual([[1n]]);
    expect(query(imported, "SELECT id FROM r WHERE x0 < 1")).toEqual([[1n]]);
    expect(query(imported, "SELECT rowid FROM fv('one')")).toEqual([[1n]]);
  });

  it("whose tokenizer only the application has travel with their index", async () => {
    const path = makeDatabase((db) => {
      db.exec("CREATE VIRTUAL TABLE f USING fts5(t, tokenize='porter'); INSERT INTO f VALUES ('running')");
      db.unsafeMode(true);
      db.pragma("writable_schema = ON");
      db.exec("UPDATE sqlite_schema SET sql = replace(sql, 'porter', 'jieba') WHERE name = 'f'");
    });
    const { folder } = await exportAll(path);
    const { path: imported } = await importFrom(folder);
    expect(catalogOf(imported)).toEqual(catalogOf(path));
    expect(query(imported, "SELECT sql FROM sqlite_schema WHERE name = 'f'")).toEqual([
      ["CREATE VIRTUAL TABLE f USING fts5(t, tokenize='jieba')"],
    ]);
    const sql = "SELECT id, block FROM f_data ORDER BY id";
    expect(query(imported, sql)).toEqual(query(path, sql));
  });

  it("are named as lost where a part of them cannot be made", async () => {
    const path = makeDatabase(`CREATE TABLE a (id INTEGER PRIMARY KEY, t); INSERT INTO a VALUES (1, 'one'), (2, 'two');
      CREATE VIRTUAL TABLE f4 USING fts4(t, content="a"); CREATE VIRTUAL TABLE f5 USING fts5(t, content="a");`);
    const part = await travel(path, [{ table: "a", where: "id = 1" }]);
    expect([part.how, part.lost.map(({ object }) => object)]).toEqual([[["f5", "rebuilt"]], ["f4"]]);
    const alone = await travel(path, [{ table: "f5", where: null }]);
    expect([alone.how, alone.lost.map(({ object }) => object)]).toEqual([[], ["f5"]]);
  });

  it("that are named travel alone", async () => {
    const path = makeDatabase(
      "CREATE TABLE a (x); CREATE VIRTUAL TABLE f USING fts5(t); INSERT INTO f VALUES ('x'), ('y')",
    );
    const { how, imported } = await travel(path, [{ table: "f", where: "t = 'y'" }]);
    expect(how).toEqual([["f", "rebuilt"]]);
    expect(query(imported, "SELECT rowid, t FROM f")).toEqual([[2n, "y"]]);
    expect(catalogOf(imported).tables).toEqual([]);
  });
});
