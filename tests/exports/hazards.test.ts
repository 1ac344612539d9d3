import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Catalog } from "../../src/core/schema/catalog.ts";
import type { Manifest } from "../../src/exports/manifest.ts";
import { writeSnapshot } from "../../src/snapshot/write/writer.ts";
import { codeOf, freshPath, makeDatabase } from "../support/scratch-database.ts";
import { catalogOf, cellsOf, exportAll, importFrom, query, roundTrip } from "./round-trip.ts";

/** There and back, with every cell compared; returns the imported file. */
async function exact(path: string): Promise<string> {
  const { imported, info } = await roundTrip(path);
  const catalog = catalogOf(path);
  expect(catalogOf(imported)).toEqual(catalog);
  expect(info.proof?.passed).toBe(true);
  for (const table of catalog.tables) expect(cellsOf(imported, table), table.name).toEqual(cellsOf(path, table));
  return imported;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Manifest;
}

describe("cells that other formats lose", () => {
  it("keep class and bytes", async () => {
    const path = makeDatabase((db) => {
      db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v, j JSON, r REAL)");
      const insert = db.prepare("INSERT INTO t (v, j, r) VALUES (?, ?, ?)");
      const values = [
        null,
        1n,
        -(2n ** 63n),
        2n ** 63n - 1n,
        1.5,
        -0,
        1e308,
        Number.POSITIVE_INFINITY,
        "",
        "a\0b",
        "\uFFFD",
        "\uFEFFx",
        "é😀",
        Buffer.alloc(0),
        Buffer.from([0, 255]),
      ];
      for (const value of values) insert.run(value, '{"$real":"Infinity"}', 5);
      db.exec(
        "INSERT INTO t (v, j) VALUES (CAST(x'61ff62' AS TEXT), '[1, 2]'), (CAST(x'eda080' AS TEXT), '{'), (x'efbfbd', 1), ('after', NULL)",
      );
    });
    const imported = await exact(path);
    expect(query(imported, "SELECT count(*) FROM t")).toEqual([[19n]]);
  });

  it("may be very large", async () => {
    const path = makeDatabase((db) => {
      db.exec("CREATE TABLE t (v)");
      for (const value of ['\\"\n'.repeat(1_000_000), Buffer.alloc(3_000_000, 7)])
        db.prepare("INSERT INTO t VALUES (?)").run(value);
    });
    await exact(path);
  });

  it("keep broken texts of a UTF-16 database", async () => {
    const path = makeDatabase((db) => {
      db.pragma("encoding = 'UTF-16le'");
      db.exec("CREATE TABLE t (id TEXT PRIMARY KEY, v) WITHOUT ROWID");
      db.exec(
        "INSERT INTO t VALUES ('a', 'é😀'), ('b', CAST(x'00d8' AS TEXT)), ('c', CAST(x'610062' AS TEXT)), ('d', x'00'), ('e', 5.0)",
      );
    });
    const imported = await exact(path);
    expect(query(imported, "PRAGMA encoding")).toEqual([["UTF-16le"]]);
  });
});

describe("tables that are out of the ordinary", () => {
  it("keep hidden rowids, keys, generated columns and odd names", async () => {
    const path = makeDatabase(`
      CREATE TABLE gaps (a); INSERT INTO gaps (rowid, a) VALUES (-5, 'x'), (3, 'y'), (9223372036854775807, 'z');
      CREATE TABLE dense (a); INSERT INTO dense VALUES ('x'), ('x');
      CREATE TABLE shadowed (rowid, "$rowid"); INSERT INTO shadowed (_rowid_, rowid, "$rowid") VALUES (7, 'r', 's');
      CREATE TABLE hidden (rowid, _rowid_, oid); INSERT INTO hidden VALUES (3, 2, 1), (1, 2, 3);
      CREATE TABLE keyed (a TEXT COLLATE NOCASE, b, n, PRIMARY KEY (b, a DESC)) WITHOUT ROWID;
      INSERT INTO keyed VALUES ('b', 1, NULL), ('A', 1, 2), ('a', x'00', 3);
      CREATE TABLE computed (a INTEGER, b AS (a * 2), c TEXT AS (a || '!') STORED); INSERT INTO computed (a) VALUES (1), (2);
      CREATE TABLE "we""ird/../name" ("co""l" INTEGER PRIMARY KEY, "__proto__", ""); INSERT INTO "we""ird/../name" VALUES (-1, 1, 2);
      CREATE TABLE "we_ird____name" (a); CREATE TABLE empty (a); CREATE TABLE nul (a);
      CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO counted VALUES (41); DELETE FROM counted;
      CREATE VIEW v AS SELECT * FROM dense; CREATE TRIGGER g AFTER INSERT ON dense BEGIN SELECT 1; END;
      PRAGMA user_version = 7;
    `);
    const { folder } = await exportAll(path);
    const files = manifestOf(folder).tables.map(({ table, file, rowid }) => [table, file, rowid]);
    expect(files).toEqual([
      ["gaps", "gaps.ndjson", "$rowid"],
      ["dense", "dense.ndjson", null],
      ["shadowed", "shadowed.ndjson", "$$rowid"],
      ["hidden", "hidden.ndjson", null],
      ["keyed", "keyed.ndjson", null],
      ["computed", "computed.ndjson", null],
      ['we"ird/../name', "we_ird_.._name.ndjson", null],
      ["we_ird____name", "we_ird____name.ndjson", null],
      ["empty", "empty.ndjson", null],
      ["nul", "_nul.ndjson", null],
      ["counted", "counted.ndjson", null],
    ]);
    await exact(path);
    expect(readFileSync(join(folder, "shadowed.ndjson"), "utf8")).toBe('{"$$rowid":7,"rowid":"r","$rowid":"s"}\n');
  });

  it("are written the same again from the import", async () => {
    const path = makeDatabase(
      "CREATE TABLE k (a TEXT COLLATE NOCASE PRIMARY KEY, b) WITHOUT ROWID; INSERT INTO k VALUES ('b', 1), ('C', 2), ('a', 3); CREATE TABLE g (a); INSERT INTO g (rowid, a) VALUES (5, 1.0)",
    );
    const first = await exportAll(path);
    const again = await exportAll((await importFrom(first.folder)).path, { gzip: true });
    expect(again.tables.map(({ sha256 }) => sha256)).toEqual(first.tables.map(({ sha256 }) => sha256));
  });
});

describe("a snapshot of another source", () => {
  it("keeps literals, numerics and nested JSON readable", async () => {
    const base = catalogOf(makeDatabase("CREATE TABLE t (id INTEGER PRIMARY KEY, amount, doc, tags)"));
    const types: Record<string, string> = { id: "bigint", amount: "numeric(12,2)", doc: "jsonb", tags: "text[]" };
    const catalog: Catalog = {
      ...base,
      dialect: "postgres",
      tables: base.tables.map((table) => ({
        ...table,
        columns: table.columns.map((column) => ({ ...column, pgType: types[column.name] ?? "text" })),
      })),
    };
    const writer = writeSnapshot(freshPath("snapshot.db"));
    writer.createTable("t", ["id", "amount", "doc", "tags"], "id");
    const insert = writer.inserter("t", ["id", "amount", "doc", "tags"]);
    insert([1n, "1.10", '{"a": 1.0}', "{a,b}"]);
    insert([2n, "NaN", "3", null]);
    const { path } = await writer.finish(catalog);
    const { folder } = await exportAll(path);
    expect(readFileSync(join(folder, "t.ndjson"), "utf8")).toBe(
      '{"id":1,"amount":1.10,"doc":{"a": 1.0},"tags":"{a,b}"}\n{"id":2,"amount":"NaN","doc":{"$json":"3"},"tags":null}\n',
    );
    await exact(path);
  });
});

describe("a part of a database", () => {
  const path =
    makeDatabase(`CREATE TABLE a (id INTEGER PRIMARY KEY, t); INSERT INTO a VALUES (1, 'one two'), (2, 'two'), (3, 'three');
    CREATE TABLE b (x); CREATE TRIGGER on_b AFTER INSERT ON b BEGIN SELECT 1; END;
    CREATE VIRTUAL TABLE f USING fts5(t, content='a', content_rowid='id'); INSERT INTO f(f) VALUES ('rebuild');
    CREATE VIRTUAL TABLE own USING fts5(t); INSERT INTO own VALUES ('x')`);

  it("takes along the index of the texts selected", async () => {
    const tables = [{ table: "A", where: "t LIKE '%two%' -- those" }];
    const { imported } = await roundTrip(path, { tables, selection: "a" });
    expect(query(imported, "SELECT id FROM a")).toEqual([[1n], [2n]]);
    expect(query(imported, "SELECT rowid FROM f WHERE f MATCH 'two OR three'")).toEqual([[1n], [2n]]);
    const catalog = catalogOf(imported);
    expect([...catalog.tables, ...catalog.virtualTables].map(({ name }) => name)).toEqual(["a", "f"]);
    expect(catalog.triggers).toEqual([]);
    expect(catalog.virtualTables[0]?.totals).toEqual({ rows: "2", tokens: "3" });
  });

  it("refuses names and conditions that are not there", async () => {
    expect(await codeOf(() => exportAll(path, { tables: [{ table: "c", where: null }] }))).toBe("PLAN_INVALID");
    expect(await codeOf(() => exportAll(path, { tables: [{ table: "a", where: "nope = 1" }] }))).toBe("PLAN_INVALID");
  });
});
