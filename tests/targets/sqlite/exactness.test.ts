import { copyFileSync } from "node:fs";
import Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import type { Catalog, Column, Table } from "../../../src/core/schema/catalog.ts";
import { writeSnapshot } from "../../../src/snapshot/write/writer.ts";
import { freshPath, makeDatabase } from "../../support/scratch-database.ts";
import { differences, type Prepared, prove, runAll } from "./run.ts";

const odd = `
  PRAGMA user_version = 42; PRAGMA application_id = 77;
  CREATE TABLE any_class (v, n NUMERIC, t TEXT COLLATE NOCASE UNIQUE);
  INSERT INTO any_class (rowid, v, n, t) VALUES (5, 5, 1, 'a'), (7, 5.0, 'x', 'B'), (9223372036854775807, x'00ff', 9007199254740993, NULL), (-3, 'a' || char(0) || 'b', 1e300, 'é');
  INSERT INTO any_class (rowid, v) VALUES (11, CAST(x'ff61' AS TEXT)), (12, 9e999), (13, -9e999);
  CREATE TABLE keyed (a TEXT, b INT, c ANY, PRIMARY KEY (a, b)) WITHOUT ROWID, STRICT;
  INSERT INTO keyed VALUES ('x', 1, 1.5), ('x', 2, 'two'), ('y', 1, NULL);
  CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL CHECK (length(name) < 9), up TEXT AS (upper(name)) STORED, len AS (length(name)));
  INSERT INTO counted (id, name) VALUES (3, 'three'), (9, 'nine'); DELETE FROM counted WHERE id = 9;
  CREATE TABLE child (id INTEGER PRIMARY KEY, parent INT REFERENCES counted ON DELETE CASCADE, rowid TEXT);
  INSERT INTO child VALUES (1, 3, 'r'), (2, 99, 'orphan');
  CREATE TABLE log (what);
  CREATE UNIQUE INDEX partly ON child (parent DESC, lower(rowid)) WHERE parent > 3;
  CREATE VIEW seen AS SELECT name, count(*) AS n FROM counted JOIN child ON parent = counted.id GROUP BY name;
  CREATE TRIGGER logged AFTER INSERT ON child BEGIN INSERT INTO log VALUES (new.id); END;
  CREATE TRIGGER through INSTEAD OF INSERT ON seen BEGIN INSERT INTO log VALUES (new.name); END;
  CREATE VIRTUAL TABLE own USING fts5(a, b UNINDEXED);
  INSERT INTO own (rowid, a, b) VALUES (4, 'the quick fox', 'one'), (8, 'lazy dogs', 'two');
  INSERT INTO own (own, rank) VALUES ('rank', 'bm25(3.0)');
  CREATE VIRTUAL TABLE gone USING fts5(t, content='', contentless_delete=1);
  INSERT INTO gone (rowid, t) VALUES (2, 'nobody keeps this'), (3, 'nor that');
  CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1);
  INSERT INTO boxes VALUES (1, 0.5, 2.5), (2, 10, 20);
  CREATE VIRTUAL TABLE old USING fts4(body);
  INSERT INTO old VALUES ('an older search');`;

const search = (path: string, sql: string): unknown[] => {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare(sql).raw().all();
  } finally {
    db.close();
  }
};

describe("a SQLite file into a SQLite file", () => {
  it.each(["UTF-8", "UTF-16le"])("is exact in %s: classes, rowids, keys, triggers, searches", async (encoding) => {
    const source = makeDatabase((db) => {
      db.pragma(`encoding = '${encoding}'`);
      db.exec(odd);
      db.prepare("INSERT INTO any_class (rowid, v) VALUES (14, ?)").run(-0);
    });
    const path = freshPath();
    const { results, plan } = await runAll(source, path);
    expect(differences(results)).toEqual([]);
    expect(plan.hazards).toEqual([]);
    const objects = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name";
    expect(search(path, objects)).toEqual(search(source, objects));
    for (const sql of [
      "SELECT rowid, typeof(v), hex(v), v, typeof(n), n, t FROM any_class ORDER BY rowid",
      "SELECT * FROM keyed",
      "SELECT id, name, up, len FROM counted",
      "SELECT name, seq FROM sqlite_sequence",
      "SELECT * FROM child",
      "SELECT * FROM log",
      "SELECT rowid, a, b, rank FROM own WHERE own MATCH 'fox OR dogs' ORDER BY rank",
      "SELECT rowid FROM gone WHERE gone MATCH 'nor'",
      "SELECT id FROM boxes WHERE x0 > 5",
      "SELECT rowid FROM old WHERE old MATCH 'older'",
      "SELECT * FROM seen",
      "PRAGMA user_version",
      "PRAGMA application_id",
      "PRAGMA encoding",
    ])
      expect(search(path, sql), sql).toEqual(search(source, sql));
    const zero = search(path, "SELECT v FROM any_class WHERE rowid = 14")[0] as unknown[];
    expect(Object.is(zero[0], -0)).toBe(true);
  });

  it("takes over texts in double quotes, which this build of SQLite refuses in new tables", async () => {
    const source = makeDatabase("CREATE TABLE t (a, b CHECK (b IN ('x', 'y'))); INSERT INTO t VALUES (1, 'x')");
    const db = new Database(source);
    db.unsafeMode(true);
    db.exec(
      `PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a, b CHECK (b IN ("x", "y")))'`,
    );
    db.close();
    const path = freshPath();
    const { results } = await runAll(source, path);
    expect(differences(results)).toEqual([]);
    expect(search(path, "SELECT sql FROM sqlite_schema")).toEqual([[`CREATE TABLE t (a, b CHECK (b IN ('x', 'y')))`]]);
  });

  it("selects, renames and drops, with everything that mentions the names", async () => {
    const source = makeDatabase(`
      CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT UNIQUE, z INT); CREATE INDEX ax ON a (x);
      CREATE TABLE b (id INTEGER PRIMARY KEY, a INT REFERENCES a (id)); CREATE TABLE other (q);
      CREATE VIEW v AS SELECT x FROM a; CREATE VIEW w AS SELECT q FROM other;
      CREATE TRIGGER tr AFTER INSERT ON b BEGIN UPDATE a SET x = 'new' WHERE id = new.a; END;
      CREATE VIRTUAL TABLE f USING fts5(x, content='b', content_rowid='id');
      CREATE VIRTUAL TABLE g USING fts5(q, content='other');
      INSERT INTO a VALUES (1, 'one', 'u', 1), (2, 'two', 'v', 2), (3, 'three', 'w', 3); INSERT INTO b VALUES (1, 1);
      INSERT INTO other VALUES ('yes'), ('no'); INSERT INTO g (g) VALUES ('rebuild');`);
    const path = freshPath();
    const { results, plan } = await runAll(source, path, {
      tables: {
        a: {
          as: "A new",
          where: "id IN (SELECT id FROM a WHERE id > 1) -- of the source",
          rename: { x: "X y" },
          drop: ["z"],
        },
        other: { where: "q = 'yes'" },
        f: {},
      },
      settings: { exclude: ["f"] },
    });
    expect(differences(results)).toEqual([]);
    expect(plan.leftOut.map(({ object }) => object)).toEqual(["column a.z", "virtual table f"]);
    expect(search(path, 'SELECT * FROM "A new"')).toEqual([
      [2, "two", "v"],
      [3, "three", "w"],
    ]);
    expect(search(path, 'SELECT "X y" FROM v ORDER BY 1 DESC')).toEqual([["two"], ["three"]]);
    expect(search(path, "SELECT sql FROM sqlite_schema WHERE name IN ('b', 'ax', 'tr') ORDER BY name")).toEqual([
      ['CREATE INDEX ax ON "A new" ("X y")'],
      ['CREATE TABLE b (id INTEGER PRIMARY KEY, a INT REFERENCES "A new" (id))'],
      [`CREATE TRIGGER tr AFTER INSERT ON b BEGIN UPDATE "A new" SET "X y" = 'new' WHERE id = new.a; END`],
    ]);
    expect(search(path, "SELECT count(*) FROM g WHERE g MATCH 'yes OR no'")).toEqual([[1]]);
  });
});

describe("the proof", () => {
  let run: Prepared;
  beforeAll(async () => {
    run = await runAll(makeDatabase(odd), freshPath());
  });
  it.each([
    ["UPDATE counted SET name = 'Three'", /parity \| counted \| rowid=3 \| name \| "three" \| "Three"/],
    ["UPDATE any_class SET v = 5 WHERE rowid = 7", /parity \| any_class \| rowid=7 \| v \| 5.0 \| 5 \|/],
    ["UPDATE any_class SET t = 'A' WHERE rowid = 5", /parity \| any_class \| rowid=5 \| t \| "a" \| "A"/],
    ["UPDATE any_class SET rowid = 6 WHERE rowid = 5", /rowid=5 .*not in the target/],
    ["DELETE FROM keyed WHERE c IS NULL", /counts \| keyed/],
    ["DROP INDEX partly", /schema \| child \| The index partly is not in the target/],
    ["DROP TRIGGER logged", /schema \| logged/],
    ["UPDATE sqlite_sequence SET seq = 3", /schema \| counted .*from 3, the source from 9/],
    ["DROP TABLE own", /schema \| own/],
    ["INSERT INTO gone (rowid, t) VALUES (9, 'more')", /parity \| gone_/],
    ["PRAGMA user_version = 1", /schema \| user_version/],
    ["DROP TABLE child; CREATE TABLE child (id INT, parent INT, rowid TEXT)", /The primary key of child/],
  ])("sees %s", async (harm, expected) => {
    const path = freshPath();
    copyFileSync(run.path, path);
    const db = new Database(path);
    db.exec(harm);
    db.close();
    expect(differences(await prove({ ...run, path }, "main")).join("\n")).toMatch(expected);
  });
});

describe("a snapshot of another source", () => {
  it("gets tables of its own making, under which no value changes its class", async () => {
    const column = (name: string, more: Partial<Column> = {}): Column => ({
      name,
      declaredType: more.pgType ?? "",
      affinity: "BLOB",
      notNull: false,
      default: null,
      collation: "BINARY",
      isRowid: false,
      generated: null,
      ...more,
    });
    const table = (name: string, columns: Column[], more: Partial<Table> = {}): Table => ({
      name,
      sql: "",
      columns,
      primaryKey: null,
      primaryKeyCollations: null,
      withoutRowid: false,
      strict: false,
      autoincrement: false,
      sequence: null,
      rowidName: "rowid",
      uniques: [],
      conflictClauses: [],
      indexes: [],
      foreignKeys: [],
      checks: [],
      ...more,
    });
    const catalog: Catalog = {
      dialect: "postgres",
      encoding: "UTF-8",
      userVersion: 0,
      applicationId: 0,
      virtualTables: [],
      internal: [],
      views: [{ name: "v", sql: "SELECT id FROM t" }],
      triggers: [{ name: "touch", table: "t", sql: "CREATE TRIGGER touch …" }],
      tables: [
        table(
          "t",
          [
            column("id", { pgType: "bigint", isRowid: true, notNull: true, default: "nextval('t_id_seq'::regclass)" }),
            column("ok", { pgType: "boolean", default: "true" }),
            column("raw", { pgType: "bytea" }),
            column("price", { pgType: "numeric(10,2)", default: "0.00" }),
            column("state", { pgType: "text", notNull: true, default: "'new'::text" }),
            column("made", { pgType: "timestamp with time zone", default: "now()" }),
            column("f", { pgType: "double precision" }),
            column("key", { pgType: "uuid", default: "gen_random_uuid()" }),
          ],
          {
            primaryKey: ["id"],
            primaryKeyCollations: ["BINARY"],
            autoincrement: true,
            sequence: "50",
            uniques: [{ name: "t_state_key", columns: ["state"], collations: ["BINARY"] }],
            checks: [
              { name: "t_state_check", expression: "(state = ANY (ARRAY['new'::text, 'old'::text, 'x]y'::text]))" },
              { name: "t_id_check", expression: "(id > 0)" },
              { name: "t_price_check", expression: "(price > (0)::numeric)" },
            ],
            indexes: [
              {
                name: "t_open",
                unique: false,
                parts: [{ column: "made", expression: null, descending: true, collation: "BINARY" }],
                where: "(state <> 'old'::text)",
                sql: "CREATE INDEX t_open ON t USING btree (made DESC) WHERE …",
              },
              {
                name: "t_gin",
                unique: false,
                parts: [{ column: "state", expression: null, descending: false, collation: "BINARY" }],
                where: null,
                sql: "CREATE INDEX t_gin ON t USING gin (state)",
              },
            ],
          },
        ),
        table(
          "u",
          [
            column("t", { pgType: "bigint" }),
            column("code", { declaredType: "INTEGER", affinity: "INTEGER" }),
            column("day", { declaredType: "DATE" }),
          ],
          {
            foreignKeys: [
              {
                name: "u_t_fkey",
                columns: ["t"],
                parent: "t",
                parentColumns: ["id"],
                onUpdate: "NO ACTION",
                onDelete: "CASCADE",
                deferrable: "initially deferred",
              },
            ],
          },
        ),
      ],
    };
    const source = freshPath();
    const writer = writeSnapshot(source);
    writer.createTable("t", ["id", "ok", "raw", "price", "state", "made", "f", "key"], "id");
    const insert = writer.inserter("t", ["id", "ok", "raw", "price", "state", "made", "f", "key"]);
    insert([1n, 1n, Buffer.from("00ff", "hex"), "1.10", "new", "2024-01-01 00:00:00+00", "1e+300", null]);
    insert([2n, 0n, null, "NaN", "old", null, "NaN", "007"]);
    insert([3n, null, null, null, "x]y", null, "-Infinity", null]);
    writer.createTable("u", ["t", "code", "day"], null);
    writer.inserter("u", ["t", "code", "day"])([1n, "007", "2024-02-03"]);
    await writer.finish(catalog);
    const path = freshPath();
    const { results, plan } = await runAll(source, path);
    expect(differences(results)).toEqual([]);
    expect(plan.hazards.map(({ code, at }) => `${code} ${at}`)).toEqual([
      "DEFAULT_LOST t.key",
      "CHECK_LOST t.t_price_check",
      "INDEX_LOST t_gin",
      "VIEW_LOST v",
      "TRIGGER_LOST touch",
    ]);
    expect(search(path, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")).toEqual([
      ["sqlite_sequence"],
      ["t"],
      ["u"],
    ]);
    expect(search(path, "SELECT ok, hex(raw), price, f, typeof(f), key FROM t")).toEqual([
      [1, "00FF", "1.10", 1e300, "real", null],
      [0, "", "NaN", "NaN", "text", "007"],
      [null, "", null, Number.NEGATIVE_INFINITY, "real", null],
    ]);
    expect(search(path, "SELECT t, typeof(code), code, day FROM u")).toEqual([[1, "text", "007", "2024-02-03"]]);
    expect(search(path, "SELECT name, type FROM pragma_table_info('u')")).toEqual([
      ["t", "INTEGER"],
      ["code", "TEXT"],
      ["day", "DATE"],
    ]);
    const db = new Database(path);
    expect(() => db.exec("INSERT INTO t (state) VALUES ('late')")).toThrow(/t_state_check/);
    db.exec("UPDATE t SET state = 'gone' WHERE 0; DELETE FROM t WHERE id = 1; INSERT INTO t DEFAULT VALUES");
    expect(
      db
        .prepare("SELECT id, ok, price, state, made LIKE '____-__-__ __:__:__.___+00' AS made FROM t WHERE id > 3")
        .all(),
    ).toEqual([{ id: 51, ok: 1, price: "0.00", state: "new", made: 1 }]);
    expect(db.prepare("SELECT count(*) FROM u").pluck().get()).toBe(0);
    db.close();
  });
});
