/** A function that changes nothing is as good as none: the same plan, the same objects, the same rows. */
import { describe, it } from "vitest";
import { buildKnowledge } from "../../scripts/fixture/build-knowledge.mjs";
import { shop, workspace } from "../cli/workspace.ts";
import { sharedData } from "../support/shared-data.ts";
import { awkwardPostgres } from "./awkward-postgres.ts";
import { awkwardSqlite } from "./awkward-sqlite.ts";
import { databaseOf } from "./same-plan.ts";
import { expectSame, identity } from "./transforms-identity.ts";

const schemas: Record<string, string> = {
  "columns that are all NULL": `
    CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, e REAL, t TEXT, n NUMERIC, d DECIMAL(8,2), b BLOB, x, bo BOOLEAN, da DATE, ts DATETIME, j JSON, v VARCHAR(9));
    INSERT INTO t (id) VALUES (1), (2)`,
  "tables without rows": `
    CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INTEGER DEFAULT 5, e REAL, b BLOB NOT NULL DEFAULT x'00', x);
    CREATE TABLE u (k TEXT PRIMARY KEY, t INTEGER NOT NULL REFERENCES t (id)) WITHOUT ROWID`,
  "values that a declaration did not mean": `
    CREATE TABLE t (id INTEGER PRIMARY KEY, b BOOLEAN DEFAULT 'f', i INTEGER, r REAL, d DECIMAL, c TEXT, x, da DATE);
    INSERT INTO t VALUES (1, 'f', 'x', 'y', 'z', 1, 1, '2024-01-01'), (2, 1, 2, 2, 1.5, 1.5, '1', 5), (3, 0, 2.5, NULL, x'00', x'01', 1.0, NULL)`,
  "everything that hangs on columns": `
    PRAGMA foreign_keys = ON;
    CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL UNIQUE COLLATE NOCASE, active BOOLEAN NOT NULL DEFAULT 1, made DATETIME DEFAULT CURRENT_TIMESTAMP);
    CREATE TABLE entries (
      id INTEGER PRIMARY KEY, title TEXT NOT NULL DEFAULT 'none' CHECK (length(title) < 100), author INTEGER REFERENCES users (id) ON DELETE CASCADE,
      price DECIMAL(10,2) CHECK (price >= 0), size INTEGER GENERATED ALWAYS AS (length(title)) VIRTUAL, twice REAL AS (price * 2) STORED,
      CONSTRAINT one_title UNIQUE (title, author));
    CREATE INDEX by_title ON entries (lower(title), author DESC) WHERE price IS NOT NULL;
    CREATE UNIQUE INDEX once ON entries (author, price) WHERE price > 1;
    CREATE TABLE tags (entry INTEGER NOT NULL, tag TEXT COLLATE NOCASE, PRIMARY KEY (entry, tag), FOREIGN KEY (entry) REFERENCES entries (id));
    CREATE VIEW titles AS SELECT e.title, u.email FROM entries e JOIN users u ON u.id = e.author;
    CREATE TRIGGER touch AFTER INSERT ON entries BEGIN UPDATE users SET made = CURRENT_TIMESTAMP WHERE id = new.author; END;
    INSERT INTO users (id, email, made) VALUES (1, 'a@x', '2024-01-01 00:00:00'), (9, 'B@x', '2024-01-02 00:00:00'); DELETE FROM users WHERE id = 9;
    INSERT INTO entries (id, title, author, price) VALUES (1, 'one', 1, 1.5), (2, 'two', 1, 3), (3, 'three', NULL, NULL);
    INSERT INTO tags VALUES (1, 'x'), (1, 'y'), (2, 'x')`,
  "rows that point nowhere, and keys that are NULL": `
    PRAGMA foreign_keys = OFF;
    CREATE TABLE p (k TEXT PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, k TEXT REFERENCES p (k));
    INSERT INTO p VALUES ('a'), (NULL), (NULL); INSERT INTO c VALUES (1, 'a'), (2, 'gone'), (3, NULL)`,
  "STRICT tables and odd types": `
    CREATE TABLE s (id INTEGER PRIMARY KEY, a ANY, i INT, r REAL, t TEXT, b BLOB) STRICT;
    CREATE TABLE o (a "UNSIGNED BIG INT", b "DOUBLE PRECISION", c "NATIVE CHARACTER(70)", d "MY_FLOAT", e TINYBLOB, f STRING, g ANY, h UUID);
    INSERT INTO s VALUES (1, NULL, NULL, NULL, NULL, NULL); INSERT INTO o (a, b, d, f) VALUES (1, 2, 3, '4')`,
  "a shop": shop,
  "values and shapes that some store has no place for": `PRAGMA foreign_keys = OFF; ${awkwardSqlite}`,
};

describe("a function that changes nothing", () => {
  it.each(Object.entries(schemas))("over %s", (_, sql) => expectSame(databaseOf(sql), { code: identity }));

  it("and may give rows keys of their own", () =>
    expectSame(databaseOf(schemas["everything that hangs on columns"] ?? ""), { code: identity, keys: "made" }));

  it("over one table of several", () =>
    expectSame(databaseOf(schemas["everything that hangs on columns"] ?? ""), { code: identity, tables: ["entries"] }));

  it("over the knowledge base, as far as the plan", () => {
    const path = workspace().path("knowledge.db");
    buildKnowledge(path);
    return expectSame(path, { code: identity, until: "plan" });
  });

  it("over what comes from PostgreSQL", () =>
    expectSame(
      { postgres: awkwardPostgres },
      {
        code: identity,
        tables: ["numbers", "texts", "moments", "lists", "typed", "composite", "composite_child", "no_key", "tree"],
      },
    ));

  it("over what comes from JSON", () => {
    const items = [
      '{"id": 1, "name": "a", "n": 1.10, "big": 12345678901234567890, "ok": true, "tags": ["x", "y"], "deep": {"a": {"b": 1}}, "none": null}',
      '{"id": 2, "name": null, "n": 2, "big": 1, "ok": false, "tags": [], "deep": {"a": {"b": null}}, "none": null}',
    ];
    return expectSame({ json: `{"items": [${items.join(", ")}]}` }, { code: identity, tables: ["items"] });
  });

  const real = ["spider-voter_1", "spider-car_1"].map((name) => ({ name, path: sharedData(`sqlite/${name}.sqlite`) }));
  describe.each(real)("over $name", ({ path }) => {
    it.skipIf(path === null)("of another's making", () => expectSame(path ?? "", { code: identity }));
  });
});
