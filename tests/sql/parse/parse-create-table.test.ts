import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { parseCreateTable } from "../../../src/sql/parse/parse-create-table.ts";
import { SqlSyntaxError } from "../../../src/sql/parse/syntax-error.ts";
import { sharedData } from "../../support/shared-data.ts";

describe("parseCreateTable", () => {
  it("finds what PRAGMAs do not tell", () => {
    const facts = parseCreateTable(`CREATE TABLE IF NOT EXISTS main."a ""b" ( -- a comment, with ( and '
      id INTEGER CONSTRAINT pk PRIMARY KEY ASC ON CONFLICT ABORT AUTOINCREMENT,
      [name, odd] VARCHAR ( 20 ) NOT NULL COLLATE nocase CONSTRAINT "long enough" CHECK (length([name, odd]) > 2 /* ) */ ) DEFAULT 'x)',
      qty unsigned big int DEFAULT -1 CHECK(qty > ')'),
      at TEXT DEFAULT ( datetime('now') ),
      "key" DEFAULT "dq" CONSTRAINT u UNIQUE ON CONFLICT IGNORE,
      area REAL GENERATED ALWAYS AS (qty * 2) STORED,
      half AS (qty / 2) VIRTUAL,
      p INT REFERENCES parent ON DELETE SET NULL ON UPDATE CASCADE MATCH FULL DEFERRABLE INITIALLY DEFERRED,
      CONSTRAINT uu UNIQUE (qty COLLATE nocase DESC, "key"),
      CONSTRAINT fk FOREIGN KEY (qty, p) REFERENCES "other t" (a, [b]) NOT DEFERRABLE
      CHECK (qty <> p), UNIQUE (p)
    ) STRICT, WITHOUT ROWID`);
    expect(facts).toMatchObject({ name: 'a "b', autoincrement: true, strict: true, withoutRowid: true });
    expect(facts.columns).toEqual([
      { name: "id", collation: null, generated: null, checks: [], default: null },
      {
        name: "name, odd",
        collation: "nocase",
        generated: null,
        checks: [{ name: "long enough", expression: "length([name, odd]) > 2" }],
        default: "'x)'",
      },
      {
        name: "qty",
        collation: null,
        generated: null,
        checks: [{ name: null, expression: "qty > ')'" }],
        default: "-1",
      },
      { name: "at", collation: null, generated: null, checks: [], default: "datetime('now')" },
      { name: "key", collation: null, generated: null, checks: [], default: '"dq"' },
      {
        name: "area",
        collation: null,
        generated: { kind: "stored", expression: "qty * 2" },
        checks: [],
        default: null,
      },
      {
        name: "half",
        collation: null,
        generated: { kind: "virtual", expression: "qty / 2" },
        checks: [],
        default: null,
      },
      { name: "p", collation: null, generated: null, checks: [], default: null },
    ]);
    expect(facts.checks).toEqual([{ name: null, expression: "qty <> p" }]);
    expect(facts.uniques).toEqual([
      { name: "u", columns: ["key"] },
      { name: "uu", columns: ["qty", "key"] },
      { name: null, columns: ["p"] },
    ]);
    expect(facts.foreignKeys).toEqual([
      { name: null, columns: ["p"], parent: "parent", parentColumns: [], deferrable: "initially deferred" },
      { name: "fk", columns: ["qty", "p"], parent: "other t", parentColumns: ["a", "b"], deferrable: "no" },
    ]);
  });

  it("finds ON CONFLICT clauses that are not the default", () => {
    const { conflicts } = parseCreateTable(`CREATE TABLE x (
      id INTEGER PRIMARY KEY ON CONFLICT REPLACE AUTOINCREMENT,
      a TEXT NOT NULL ON CONFLICT IGNORE UNIQUE ON CONFLICT ABORT,
      b INT UNIQUE CHECK (b > 0) ON CONFLICT FAIL,
      UNIQUE (a, b) ON CONFLICT REPLACE,
      PRIMARY KEY (a DESC, b) ON CONFLICT FAIL,
      CHECK (a <> b) ON CONFLICT ROLLBACK
    )`);
    expect(conflicts).toEqual([
      { constraint: "PRIMARY KEY(id)", clause: "REPLACE" },
      { constraint: "a NOT NULL", clause: "IGNORE" },
      { constraint: "CHECK(b > 0)", clause: "FAIL" },
      { constraint: "UNIQUE(a, b)", clause: "REPLACE" },
      { constraint: "PRIMARY KEY(a DESC, b)", clause: "FAIL" },
      { constraint: "CHECK(a <> b)", clause: "ROLLBACK" },
    ]);
  });

  it("has no facts of a table made by AS SELECT", () => {
    expect(parseCreateTable("CREATE TABLE x AS SELECT 1 AS a")).toMatchObject({ name: "x", columns: [], checks: [] });
  });

  it.each([
    ["DEFERRABLE", "initially immediate"],
    ["DEFERRABLE INITIALLY IMMEDIATE", "initially immediate"],
    ["NOT DEFERRABLE INITIALLY DEFERRED", "no"],
    ["", "no"],
  ])("reads %s", (words, expected) => {
    expect(parseCreateTable(`CREATE TABLE x (a REFERENCES y(b) ${words})`).foreignKeys[0]?.deferrable).toBe(expected);
  });

  it.each(["CREATE VIRTUAL TABLE x USING fts5(a)", "CREATE TABLE x (a", "CREATE TABLE x (a FOO (1) BAR)", ""])(
    "refuses %j",
    (sql) => {
      expect(() => parseCreateTable(sql)).toThrow(SqlSyntaxError);
    },
  );
});

const samples = sharedData("sqlite") ?? "";
describe.skipIf(samples === "")("real schemas", () => {
  it("agree with SQLite's own reading of them", () => {
    const folder = mkdtempSync(join(tmpdir(), "schemas-"));
    let tables = 0;
    for (const file of readdirSync(samples).filter((name) => name.endsWith(".sqlite"))) {
      copyFileSync(join(samples, file), join(folder, file));
      const db = new Database(join(folder, file), { readonly: true });
      const found = db
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
        .all();
      for (const { name, sql } of found as { name: string; sql: string }[]) {
        const facts = parseCreateTable(sql);
        const info = db.prepare('SELECT name, dflt_value AS "default" FROM pragma_table_xinfo(?)').all(name);
        expect({
          file,
          name: facts.name,
          columns: facts.columns.map((c) => ({ name: c.name, default: c.default })),
        }).toEqual({ file, name, columns: info });
        tables++;
      }
      db.close();
    }
    rmSync(folder, { recursive: true });
    expect(tables).toBeGreaterThan(50);
  });
});
