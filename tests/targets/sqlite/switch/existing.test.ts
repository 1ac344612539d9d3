import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { SqliteExisting } from "../../../../src/targets/sqlite/settings.ts";
import { stagingFile } from "../../../../src/targets/sqlite/switch/places.ts";
import { never } from "../../../support/never.ts";
import { codeOf, errorOf, freshPath, makeDatabase } from "../../../support/scratch-database.ts";
import { switchNow } from "../../postgres/switch/switching.ts";
import { differences, prepare, prove, runAll, stepsOf } from "../run.ts";

const there = `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, extra TEXT DEFAULT 'mine'); INSERT INTO t VALUES (1, 'old one', 'kept'), (9, 'old nine', 'kept');
  CREATE VIRTUAL TABLE f USING fts5(a, content='t', content_rowid='id'); INSERT INTO f (f) VALUES ('rebuild');
  CREATE TABLE log (what); CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END;
  CREATE TABLE untouched (x); INSERT INTO untouched VALUES ('still here'); PRAGMA user_version = 5;`;
const incoming = `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'new one'), (2, 'new two');
  CREATE TABLE keyless (v); INSERT INTO keyless VALUES (1), (1); PRAGMA user_version = 8;`;

const read = (path: string, sql: string): unknown[] => {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare(sql).raw().all();
  } finally {
    db.close();
  }
};

const into = async (existing: SqliteExisting, from = incoming) => {
  const path = makeDatabase(there);
  const done = await runAll(makeDatabase(from), path, { existing });
  return { path, done, found: differences(done.results) };
};

describe("a file that stands at the path", () => {
  it("is refused, and untouched", async () => {
    const path = makeDatabase(there);
    const error = await errorOf(() => runAll(makeDatabase(incoming), path));
    expect([error.code, error.message]).toEqual(["TARGET_OCCUPIED", expect.stringMatching(/already holds t, f, /)]);
    expect(read(path, "SELECT count(*) FROM t")).toEqual([[2]]);
  });

  it("gets rows appended that its triggers do not see and its indexes find", async () => {
    const { path, found } = await into("append", incoming.replace("(1, 'new one')", "(3, 'new one')"));
    expect(found).toEqual([]);
    expect(read(path, "SELECT * FROM t")).toEqual([
      [1, "old one", "kept"],
      [2, "new two", "mine"],
      [3, "new one", "mine"],
      [9, "old nine", "kept"],
    ]);
    expect(read(path, "SELECT rowid FROM f WHERE f MATCH 'new' ORDER BY rowid")).toEqual([[2], [3]]);
    expect(read(path, "SELECT * FROM log")).toEqual([]);
    expect(read(path, "SELECT name FROM sqlite_schema WHERE type = 'trigger'")).toEqual([["tr"]]);
    expect(read(path, "SELECT * FROM untouched, keyless, pragma_user_version")).toEqual([
      ["still here", 1, 5],
      ["still here", 1, 5],
    ]);
    expect(read(`${path}.before-r1`, "SELECT count(*) FROM t")).toEqual([[2]]);
  });

  it("refuses a row whose key is there, when rows are appended", async () => {
    const path = makeDatabase(there);
    const error = await errorOf(() => runAll(makeDatabase(incoming), path, { existing: "append" }));
    expect([error.code, ...error.details]).toEqual([
      "HAZARDS_NOT_ACCEPTED",
      expect.stringMatching(/^ROWS_TAKEN t: 1 row of t has a key \(id\) that t has already: /),
      "    id=1: id=1",
    ]);
    expect(error.paste).toEqual(["tables:", '  "*": {}', "  t: { existing: merge }  # or skip, replace"]);
    expect(read(path, "SELECT count(*) FROM t")).toEqual([[2]]);
  });

  it.each([
    [
      "a text that becomes a number",
      "v TEXT",
      "'007'",
      "v INTEGER",
      [
        /^TARGET_RESPELLS t\.v: 1 value would not stay as it is: .*; the column is INTEGER$/,
        '    id=1: text "007" → 7',
      ],
      '- { code: TARGET_RESPELLS, column: t.v, policy: respell }  # or "null", quarantine',
    ],
    [
      "a number that becomes a text",
      "v",
      "5",
      "v TEXT",
      [/^TARGET_RESPELLS t\.v: 1 value .* SQLite stores texts; the column is TEXT$/, "    id=1: integer 5 → '5'"],
      '- { code: TARGET_RESPELLS, column: t.v, policy: respell }  # or "null", quarantine',
    ],
    [
      "digits that a number has not",
      "v",
      "'0.12345678901234567890'",
      "v REAL",
      [
        /^TARGET_NARROWS t\.v: 1 value has more digits than/,
        /^ {4}id=1: text "0\.12345678901234567890" → 0\.1234567890123/,
      ],
      '- { code: TARGET_NARROWS, column: t.v, policy: round }  # or "null", quarantine',
    ],
    [
      "what a STRICT table refuses",
      "v",
      "'abc'",
      "v INTEGER) STRICT --",
      [/^MIXED_CLASSES t\.v: 1 value is of another storage class/, '    id=1: text "abc"'],
      '- { code: MIXED_CLASSES, column: t.v, policy: "null" }  # or quarantine',
    ],
    [
      "a REAL that becomes an INTEGER",
      "v",
      "2.0",
      "v NUMERIC",
      [/^TARGET_RESPELLS t\.v: 1 value would not stay as it is: /, "    id=1: real 2.0 → 2"],
      '- { code: TARGET_RESPELLS, column: t.v, policy: respell }  # or "null", quarantine',
    ],
    [
      "a NULL",
      "v",
      "NULL",
      "v TEXT NOT NULL",
      ["NULL_IN_REQUIRED t.v: 1 value is NULL, and v must not be null", "    id=1: NULL"],
      "- { code: NULL_IN_REQUIRED, column: t.v, policy: quarantine }",
    ],
    [
      "a column that nothing fills",
      "v",
      "1",
      "v, w TEXT NOT NULL",
      [/^COLUMN_UNFILLED t\.w: t\.w is TEXT and must not be null and has no default, and t has no such column: /],
      't: { transform: { constant: { w: "" } } }  # or another value',
    ],
  ])("names %s before anything is loaded", async (_, source, value, target, details, line) => {
    const path = makeDatabase(
      `CREATE TABLE t (id INTEGER PRIMARY KEY, ${target}\n)`.replace(") STRICT --\n)", ") STRICT"),
    );
    const from = makeDatabase(`CREATE TABLE t (id INTEGER PRIMARY KEY, ${source}); INSERT INTO t VALUES (1, ${value})`);
    const error = await errorOf(() => runAll(from, path, { existing: "append", settings: { acceptAll: false } }));
    expect(error.code).toBe("HAZARDS_NOT_ACCEPTED");
    expect(error.details).toEqual(details.map((one) => (one instanceof RegExp ? expect.stringMatching(one) : one)));
    expect(error.paste.at(-1)).toBe(`  ${line}`);
    expect(read(path, "SELECT count(*) FROM t")).toEqual([[0]]);
  });

  it.each([
    ["v INTEGER", "'abc'"],
    ["v TEXT", "'007'"],
    ["v REAL", "1.5"],
    ["v BLOB", "'5'"],
    ["v NUMERIC", "x'30'"],
  ])("takes what %s keeps: %s", async (target, value) => {
    const path = makeDatabase(`CREATE TABLE t (id INTEGER PRIMARY KEY, ${target})`);
    const from = makeDatabase(`CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, ${value})`);
    await runAll(from, path, { existing: "append" });
    expect(read(path, "SELECT quote(v) FROM t")).toEqual([[value.toUpperCase() === "X'30'" ? "X'30'" : value]]);
  });

  it("gets rows merged by key, other columns kept", async () => {
    const { path, found } = await into("merge");
    expect(found).toEqual([]);
    expect(read(path, "SELECT * FROM t")).toEqual([
      [1, "new one", "kept"],
      [2, "new two", "mine"],
      [9, "old nine", "kept"],
    ]);
    expect(read(path, "SELECT rowid FROM f WHERE f MATCH 'one'")).toEqual([[1]]);
  });

  it("gets the rows of its tables replaced, the tables and the others kept", async () => {
    const { path, found } = await into("replace");
    expect(found).toEqual([]);
    expect(read(path, "PRAGMA user_version")).toEqual([[5]]);
    expect(read(path, "SELECT * FROM t")).toEqual([
      [1, "new one", "mine"],
      [2, "new two", "mine"],
    ]);
    expect(read(path, "SELECT name FROM sqlite_schema WHERE type = 'trigger'")).toEqual([["tr"]]);
    expect(read(path, "SELECT * FROM untouched")).toEqual([["still here"]]);
    expect(read(path, "SELECT rowid FROM f WHERE f MATCH 'new' ORDER BY rowid")).toEqual([[1], [2]]);
  });

  it("says beforehand what does not fit", async () => {
    const path = makeDatabase("CREATE TABLE t (id INTEGER, b TEXT); CREATE TABLE keyless (v)");
    const error = await errorOf(() => runAll(makeDatabase(incoming), path, { existing: "merge" }));
    expect(error.code).toBe("TARGET_MISMATCH");
    expect(error.details).toEqual([
      "t has no primary key, so nothing says which rows are the same",
      "keyless has no primary key, so nothing says which rows are the same",
    ]);
  });

  it("says where another thing has the name of a table", async () => {
    const path = makeDatabase(
      "CREATE TABLE x (y); CREATE VIEW keyless AS SELECT 1 AS v; CREATE VIRTUAL TABLE t USING fts5(a)",
    );
    const error = await errorOf(() => runAll(makeDatabase(incoming), path, { existing: "append" }));
    expect([error.code, ...error.details]).toEqual([
      "TARGET_MISMATCH",
      "t is a virtual table there: give the source's another name with `as`",
      "keyless is a view there: give the source's another name with `as`",
    ]);
  });

  it("takes rows of another text encoding one by one", async () => {
    const path = makeDatabase((db) => {
      db.pragma("encoding = 'UTF-16le'");
      db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, v); INSERT INTO t VALUES (1, 'ü', NULL)");
    });
    const source = makeDatabase(
      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, v); INSERT INTO t VALUES (9007199254740993, 'é', 5), (3, NULL, 5.0), (4, '', x'00'), (5, 'a' || char(0) || 'b', '5')`,
    );
    const prepared = await prepare(source, path, { existing: "append" });
    const session = await prepared.target.acquire("r1", prepared.plan, never);
    for (const step of stepsOf(prepared)) await step.act(session);
    await session.release();
    prepared.frozen.close();
    expect(read(path, "SELECT CAST(id AS TEXT), a, typeof(v), quote(v) FROM t")).toEqual([
      ["1", "ü", "null", "NULL"],
      ["3", null, "real", "5.0"],
      ["4", "", "blob", "X'00'"],
      ["5", "a\0b", "text", "'5'"],
      ["9007199254740993", "é", "integer", "5"],
    ]);
  });

  it("is proven whole: a row that was there stands for none that was to come", async () => {
    const path = makeDatabase("CREATE TABLE keyless (v); INSERT INTO keyless VALUES (1), (1), (7)");
    const prepared = await prepare(makeDatabase(incoming), path, { existing: "append" });
    const session = await prepared.target.acquire("r1", prepared.plan, never);
    for (const step of stepsOf(prepared).slice(0, -2)) await step.act(session);
    const { staging } = prepared.plan.target;
    expect(differences(await prove(prepared, staging))).toEqual([]);
    const file = new Database(stagingFile(path, "r1"));
    file.exec("DELETE FROM keyless WHERE rowid = (SELECT max(rowid) FROM keyless)");
    file.close();
    expect(differences(await prove(prepared, staging))).not.toEqual([]);
    await session.release();
    prepared.frozen.close();
  });

  it("is not switched over writes that came after it was copied, nor while a process has it open", async () => {
    const path = makeDatabase(there);
    const prepared = await prepare(makeDatabase("CREATE TABLE more (v); INSERT INTO more VALUES (1)"), path, {
      existing: "append",
    });
    const session = await prepared.target.acquire("r1", prepared.plan, never);
    const steps = stepsOf(prepared);
    for (const step of steps.slice(0, -2)) await step.act(session);
    const db = new Database(path);
    db.exec("INSERT INTO untouched VALUES ('late')");
    db.close();
    expect(await codeOf(() => switchNow(session))).toBe("TARGET_WRITTEN");
    await session.release();
    prepared.frozen.close();
    const other = makeDatabase("PRAGMA journal_mode = WAL; CREATE TABLE x (y)");
    const reader = new Database(other);
    reader.prepare("SELECT * FROM x").all();
    expect(await codeOf(() => runAll(makeDatabase(incoming), other, { existing: "keep-aside" }))).toBe("LOCK_TIMEOUT");
    reader.close();
  });

  it("must be a SQLite database in a folder that is there", async () => {
    const path = freshPath();
    const { writeFileSync } = await import("node:fs");
    writeFileSync(path, "not a database, but long enough to be read as one".repeat(20));
    expect(await codeOf(() => runAll(makeDatabase(incoming), path, { existing: "keep-aside" }))).toBe("TARGET_FILE");
    expect(await codeOf(() => runAll(makeDatabase(incoming), `${freshPath()}/none/file.db`))).toBe("TARGET_FILE");
  });
});
