import { copyFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { compareStores } from "../../src/compare/compare.ts";
import { comparisonText } from "../../src/compare/comparison-text.ts";
import { sharedData } from "../support/shared-data.ts";
import { freshPath, openedSqlite, sqlite, summary, table } from "./stores.ts";

const chinook = sharedData("sqlite/chinook.sqlite");

describe("between two SQLite files", () => {
  test("storage class and bytes count", async () => {
    const values = (cells: readonly string[]) => `CREATE TABLE t (id INTEGER PRIMARY KEY, v);
      INSERT INTO t (v) VALUES ${cells.map((cell) => `(${cell})`).join(", ")};`;
    const a = sqlite(
      values([
        "5",
        "0.0",
        "9007199254740993",
        "'a'",
        "CAST(x'61ff' AS TEXT)",
        "'x' || char(0) || 'y'",
        "NULL",
        "9e999",
        "'\u{fffd}'",
      ]),
    );
    const b = sqlite(
      values([
        "5.0",
        "-0.0",
        "9007199254740992",
        "x'61'",
        "CAST(x'61fe' AS TEXT)",
        "'x' || char(0) || 'z'",
        "''",
        "-9e999",
        "CAST(x'ff' AS TEXT)",
      ]),
    );
    const found = await compareStores(a, b);
    expect(found.mode).toBe("exact");
    expect(summary(found)).toEqual({
      t: {
        missing: [],
        extra: [],
        cells: [
          "id=1 v: integer 5 | real 5.0",
          "id=2 v: real 0.0 | real -0.0",
          "id=3 v: integer 9007199254740993 | integer 9007199254740992",
          "id=4 v: text \"a\" | blob x'61'",
          "id=5 v: text x'61ff' | text x'61fe'",
          'id=6 v: text "x\\u0000y" | text "x\\u0000z"',
          'id=7 v: NULL | text ""',
          "id=8 v: real Infinity | real -Infinity",
          "id=9 v: text \"\u{fffd}\" | text x'ff'",
        ],
      },
    });
    expect((await compareStores(a, a)).differences).toBe(0);
    expect((await compareStores(b, b)).differences).toBe(0);
  });

  test("an untyped table without a key tells 5 from 5.0 and counts duplicates", async () => {
    const a = sqlite("CREATE TABLE t (v); INSERT INTO t VALUES (1), (5), (5), (5), (NULL), (NULL), (2);");
    const b = sqlite("CREATE TABLE t (v); INSERT INTO t VALUES (2), (5), (5.0), (NULL), (1), (1), (9);");
    const found = await table(a, b);
    expect(found.key).toBeNull();
    expect(found.missingRows).toEqual({ count: 3, samples: ["v=5", "v=5", "v=NULL"] });
    expect(found.extraRows).toEqual({ count: 3, samples: ["v=5", "v=1", "v=9"] });
    expect(found.changedRows).toBe(0);
  });

  test("rows in another order are equal", async () => {
    const a = sqlite("CREATE TABLE t (k TEXT PRIMARY KEY, v); INSERT INTO t VALUES ('a', 1), ('b', 2), ('c', 3);");
    const b = sqlite("CREATE TABLE t (k TEXT PRIMARY KEY, v); INSERT INTO t VALUES ('c', 3), ('a', 1), ('b', 2);");
    expect((await compareStores(a, b)).differences).toBe(0);
  });

  test("a key that is missing, one that is extra and one whose cell changed, in any order", async () => {
    const a = sqlite(
      "CREATE TABLE t (k TEXT PRIMARY KEY, v, w); INSERT INTO t VALUES ('x', 0, 0), ('a', 1, 1), ('b', 2, 2), ('c', 3, 3);",
    );
    const b = sqlite(
      "CREATE TABLE t (k TEXT PRIMARY KEY, v, w); INSERT INTO t VALUES ('x', 0, 1), ('d', 1, 1), ('c', 3, 3), ('b', 9, 8);",
    );
    const found = await compareStores(a, b);
    expect(summary(found)).toEqual({
      t: {
        missing: ['k="a"'],
        extra: ['k="d"'],
        cells: ['k="x" w: integer 0 | integer 1', 'k="b" v: integer 2 | integer 9', 'k="b" w: integer 2 | integer 8'],
      },
    });
    expect(found.differences).toBe(5);
    expect(found.tables[0]?.changedRows).toBe(2);
    expect(found.tables[0]?.columns.map((column) => column.differing)).toEqual([0, 1, 2]);
  });

  test("NULL keys, several of them, are counted and do not stand for each other", async () => {
    const make = (rows: string) => sqlite(`CREATE TABLE t (k TEXT PRIMARY KEY, v); INSERT INTO t VALUES ${rows};`);
    const a = make("(NULL, 1), (NULL, 2), (NULL, 3), ('a', 1)");
    const b = make("(NULL, 2), (NULL, 4), (NULL, 5), ('a', 1)");
    const found = await table(a, b);
    expect(found.missingRows).toEqual({ count: 2, samples: ["k=NULL", "k=NULL"] });
    expect(found.extraRows).toEqual({ count: 2, samples: ["k=NULL", "k=NULL"] });
    expect((await table(a, make("(NULL, 3), ('a', 1), (NULL, 1), (NULL, 2)"))).differences).toBe(0);
  });

  test("composite keys and WITHOUT ROWID tables, keys with invalid texts", async () => {
    const make = (rows: string) =>
      sqlite(`CREATE TABLE t (a, b, v, PRIMARY KEY (b, a)) WITHOUT ROWID; INSERT INTO t VALUES ${rows};`);
    const a = make("(1, 'x', CAST(x'ff' AS TEXT)), (2, CAST(x'fe' AS TEXT), 5), (3, x'00', 0)");
    const b = make("(1, 'x', CAST(x'fd' AS TEXT)), (2, CAST(x'fd' AS TEXT), 5), (3, x'00', 0)");
    const found = await compareStores(a, b);
    expect(summary(found)).toEqual({
      t: { missing: ["b=x'fe', a=2"], extra: ["b=x'fd', a=2"], cells: [`b="x", a=1 v: text x'ff' | text x'fd'`] },
    });
  });

  test("names written in another case are the same; what is left is missing or extra", async () => {
    const a = sqlite(
      'CREATE TABLE Users (ID INTEGER PRIMARY KEY, "Név", gone); CREATE TABLE só (a); CREATE TABLE old (a); INSERT INTO Users VALUES (1, 2, 3);',
    );
    const b = sqlite(
      'CREATE TABLE users (id INTEGER PRIMARY KEY, "név", neu); CREATE TABLE SÓ (a); CREATE TABLE new (a); INSERT INTO users VALUES (1, 2, 4);',
    );
    const found = await compareStores(a, b);
    expect(found.missingTables).toEqual(["só", "old"]);
    expect(found.extraTables).toEqual(["SÓ", "new"]);
    expect(found.tables.map((one) => [one.table, one.other, one.missingColumns, one.extraColumns])).toEqual([
      ["Users", "users", ["gone"], ["neu"]],
    ]);
    expect(found.tables[0]?.columns.map((one) => [one.column, one.other])).toEqual([
      ["ID", "id"],
      ["Név", "név"],
    ]);
    expect(found.differences).toBe(6);
  });

  test("a UTF-16 database equals its UTF-8 copy, but for half a character", async () => {
    const rows = "CREATE TABLE t (k TEXT PRIMARY KEY, v); INSERT INTO t VALUES ('é', 'ß😀'), ('b', 'x' || char(0));";
    const a = sqlite(`PRAGMA encoding = 'UTF-16le'; ${rows}`);
    const b = sqlite(rows);
    const equal = await compareStores(a, b);
    expect(equal.differences).toBe(0);
    expect(equal.notes).toHaveLength(1);
    const lone = sqlite(`PRAGMA encoding = 'UTF-16le'; ${rows} UPDATE t SET v = CAST(x'3dd8' AS TEXT) WHERE k = 'b';`);
    expect((await table(lone, b)).cells.count).toBe(1);
    expect((await table(lone, lone)).differences).toBe(0);
  });

  test("generated columns are compared; one that only one side has is a note", async () => {
    const a = sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY, v, w AS (v * 2)); INSERT INTO t VALUES (1, 2);");
    const b = sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY, v, w AS (v * 3)); INSERT INTO t VALUES (1, 2);");
    const c = sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 2);");
    expect((await table(a, b)).cells.samples).toEqual([{ key: "id=1", column: "w", a: "integer 4", b: "integer 6" }]);
    const found = await compareStores(a, c);
    expect(found.differences).toBe(0);
    expect(found.schema).toContainEqual({ table: "t", what: "generated", a: "w", b: null });
  });

  test("a key of the user's own where the schema has none", async () => {
    const a = sqlite("CREATE TABLE t (code, v); INSERT INTO t VALUES ('a', 1), ('b', 2);");
    const b = sqlite("CREATE TABLE t (code, v); INSERT INTO t VALUES ('b', 3), ('a', 1);");
    expect((await table(a, b, { keys: { T: ["CODE"] } })).cells.samples).toEqual([
      { key: 'code="b"', column: "v", a: "integer 2", b: "integer 3" },
    ]);
    await expect(compareStores(a, b, { keys: { t: ["nix"] } })).rejects.toMatchObject({ code: "PLAN_INVALID" });
  });

  test("no more than the wanted samples, and all of them counted", async () => {
    const rows = (value: string) =>
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO t SELECT 'k' || i, ${value} FROM n;`;
    const a = sqlite(
      `CREATE TABLE t (k TEXT PRIMARY KEY, v); ${rows("i")} INSERT INTO t VALUES ('m1', 0), ('m2', 0), ('m3', 0);`,
    );
    const b = sqlite(
      `CREATE TABLE t (k TEXT PRIMARY KEY, v); INSERT INTO t VALUES ('e1', 0), ('e2', 0), ('e3', 0); ${rows("-i")}`,
    );
    const found = await table(a, b, { samples: 2 });
    expect([found.cells.count, found.cells.samples.length]).toEqual([500, 2]);
    expect(found.missingRows).toEqual({ count: 3, samples: ['k="m1"', 'k="m2"'] });
    expect(found.extraRows).toEqual({ count: 3, samples: ['k="e1"', 'k="e2"'] });
  });

  test("tables of no rows, of no common column, and only the wanted ones", async () => {
    const a = sqlite("CREATE TABLE e (a); CREATE TABLE f (x); INSERT INTO f VALUES (1); CREATE TABLE g (a);");
    const b = sqlite("CREATE TABLE e (a); CREATE TABLE f (y); INSERT INTO f VALUES (1), (2);");
    const found = await compareStores(a, b, { tables: (name) => name !== "g" });
    expect(found.tables.map((one) => [one.table, one.rowsInA, one.rowsInB, one.differences])).toEqual([
      ["e", 0, 0, 0],
      ["f", 1, 2, 3],
    ]);
    expect(found.missingTables).toEqual([]);
  });

  test("long texts are shown around their first difference", async () => {
    const make = (tail: string) =>
      sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY, v)", (db) => {
        db.prepare("INSERT INTO t VALUES (1, ?)").run(`${"a".repeat(5000)}${tail}${"b".repeat(5000)}`);
      });
    const [cell] = (await table(make("X"), make("Y"))).cells.samples;
    expect(cell?.a).toContain("aX");
    expect(cell?.b).toContain("aY");
    expect(cell?.a.length).toBeLessThan(160);
  });

  test.skipIf(chinook === null)("real databases equal themselves, and one edited cell is named", async () => {
    for (const name of ["chinook", "northwind", "datasette-fixtures", "spider-formula_1"]) {
      const path = sharedData(`sqlite/${name}.sqlite`) ?? "";
      const one = openedSqlite(path, "sqlite");
      expect([name, (await compareStores(one, one, { schema: "differences" })).differences]).toEqual([name, 0]);
    }
    const copy = freshPath();
    copyFileSync(chinook ?? "", copy);
    const db = new Database(copy);
    db.exec(
      "UPDATE Track SET Milliseconds = Milliseconds + 1 WHERE TrackId = 1234; DELETE FROM PlaylistTrack WHERE PlaylistId = 1 AND TrackId = 7",
    );
    db.close();
    const found = await compareStores(openedSqlite(chinook ?? "", "sqlite"), openedSqlite(copy, "sqlite"));
    expect(summary(found)).toEqual({
      Track: { missing: [], extra: [], cells: ["TrackId=1234 Milliseconds: integer 431333 | integer 431334"] },
      PlaylistTrack: { missing: ["PlaylistId=1, TrackId=7"], extra: [], cells: [] },
    });
  });
});

test("a store that cannot be read, and one that is told to stop", async () => {
  const a = sqlite("CREATE TABLE t (a)", (db) => {
    const insert = db.prepare("INSERT INTO t VALUES (?)");
    for (let i = 0; i < 5000; i += 1) insert.run(i);
  });
  await expect(compareStores({ ...a, path: "/nowhere/x.db" }, a)).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });
  const reason = new Error("enough");
  await expect(compareStores(a, a, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test("the text names what differs, says what is equal, and hides values when asked", async () => {
  const a = sqlite(
    "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL); CREATE TABLE u (a); INSERT INTO t VALUES (1, 'secret'), (2, 'b');",
  );
  const b = sqlite(
    "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE u (a); INSERT INTO t VALUES (1, 'other'), (3, 'c');",
  );
  const found = await compareStores({ ...a, shown: "a.db" }, { ...b, shown: "b.db" });
  expect(comparisonText(found).split("\n")).toEqual([
    "a: a.db (sqlite)",
    "b: b.db (sqlite)",
    "",
    "t: 3 differences (2 rows in a, 2 in b)",
    "  missing in b: id=2",
    "  extra in b: id=3",
    "  id=1 v:",
    '    a text "secret"',
    '    b text "other"',
    "  cells by column: v 1",
    "1 table equal (0 rows)",
    "",
    "schema, as notes",
    "  t: not null v is missing in b",
    "",
    "3 differences in storage class and bytes.",
  ]);
  const redacted = comparisonText(found, undefined, { redact: true });
  expect(redacted).not.toMatch(/secret|other|id=/);
  expect(redacted).toContain("  1 cell that differs");
  expect(
    comparisonText(await compareStores(a, a))
      .split("\n")
      .at(-1),
  ).toBe("Equal in storage class and bytes.");
});
