/** What the application's tables enforce is checked when the rows are in, and nothing is changed when they break it. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { errorOf, makeDatabase } from "../../support/scratch-database.ts";
import { runAll } from "./run.ts";

const hashOf = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

const read = (path: string, sql: string): unknown[] => {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare(sql).raw().all();
  } finally {
    db.close();
  }
};

const refusal = async (target: string, source: string, existing: "append" | "merge" | "replace") => {
  const path = makeDatabase(target);
  const before = hashOf(path);
  const error = await errorOf(() => runAll(makeDatabase(source), path, { existing }));
  expect(hashOf(path)).toBe(before);
  return { error, details: error.details };
};

const names = "CREATE TABLE u (id INTEGER PRIMARY KEY, name TEXT CHECK (length(name) > 3))";
const family =
  "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE k (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id))";

describe("constraints of the application's tables", () => {
  it.each(["append", "merge"] as const)("a CHECK that rows break stops an %s", async (mode) => {
    const { error, details } = await refusal(
      `${names}; INSERT INTO u VALUES (9, 'enough')`,
      "CREATE TABLE u (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO u VALUES (1, 'x'), (2, 'long enough'), (3, 'yy')",
      mode,
    );
    expect([error.code, error.exit, error.place]).toEqual([
      "CONSTRAINT_VIOLATED",
      4,
      { table: "u", key: "id=1", column: "name", sample: "'x'" },
    ]);
    expect(details).toEqual(["u: CHECK (length(name) > 3): 2 rows", "    id=1: name='x'", "    id=3: name='yy'"]);
    expect(error.hint).toContain("--fresh");
  });

  it("names the constraints of the table as well, and those of a table without a key", async () => {
    const { details } = await refusal(
      "CREATE TABLE r (low INTEGER, high INTEGER, CONSTRAINT upward CHECK (low < high))",
      "CREATE TABLE r (low INTEGER, high INTEGER); INSERT INTO r VALUES (1, 2), (4, 3), (NULL, 1)",
      "append",
    );
    expect(details).toEqual(["r: CONSTRAINT upward CHECK (low < high): 1 row", "    rowid=2: low=4, high=3"]);
  });

  it("a row without its parent stops the run; those that were there are nobody's fault", async () => {
    const { error, details } = await refusal(
      `${family}; INSERT INTO p VALUES (1); INSERT INTO k VALUES (5, 1), (6, 55)`,
      "CREATE TABLE k (id INTEGER PRIMARY KEY, p INTEGER); INSERT INTO k VALUES (1, 77), (2, 1), (3, NULL)",
      "append",
    );
    expect([error.code, error.exit]).toEqual(["CONSTRAINT_VIOLATED", 4]);
    expect(details).toEqual(["k: FOREIGN KEY (p) REFERENCES p (id): 1 row", "    id=1: p=77"]);
  });

  it("an orphan that becomes another orphan is the run's", async () => {
    const { details } = await refusal(
      `${family}; INSERT INTO k VALUES (6, 55), (7, 56)`,
      "CREATE TABLE k (id INTEGER PRIMARY KEY, p INTEGER); INSERT INTO k VALUES (6, 57), (7, 56)",
      "merge",
    );
    expect(details).toEqual(["k: FOREIGN KEY (p) REFERENCES p (id): 1 row", "    id=6: p=57"]);
  });

  it("children of tables that get other rows are looked at, and tables without rowids", async () => {
    const { details } = await refusal(
      "CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT UNIQUE); CREATE TABLE k (a TEXT, b INTEGER, c TEXT REFERENCES p (code), PRIMARY KEY (a, b)) WITHOUT ROWID; INSERT INTO p VALUES (1, 'one'); INSERT INTO k VALUES ('x', 1, 'one'), ('y', 1, 'none')",
      "CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT UNIQUE); INSERT INTO p VALUES (1, 'uno')",
      "merge",
    );
    expect(details).toEqual(["k: FOREIGN KEY (c) REFERENCES p (code): 1 row", "    a='x', b=1: c='one'"]);
  });

  it("all that is broken is said at once", async () => {
    const { error, details } = await refusal(
      `${names}; ${family}`,
      "CREATE TABLE u (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO u VALUES (1, 'x'); CREATE TABLE k (id INTEGER PRIMARY KEY, p INTEGER); INSERT INTO k VALUES (1, 77)",
      "append",
    );
    expect(error.message).toMatch(/^2 rows break what the tables of /);
    expect(details.filter((line) => !line.startsWith(" "))).toEqual([
      "u: CHECK (length(name) > 3): 1 row",
      "k: FOREIGN KEY (p) REFERENCES p (id): 1 row",
    ]);
  });

  it("rows that keep to them go in, whatever was broken before, and parents may come after their children", async () => {
    const path = makeDatabase((db) => {
      db.pragma("ignore_check_constraints = ON");
      db.exec(`${names}; INSERT INTO u VALUES (9, 'x'); ${family}; INSERT INTO k VALUES (6, 55)`);
    });
    const from = makeDatabase(
      "CREATE TABLE k (id INTEGER PRIMARY KEY, p INTEGER); INSERT INTO k VALUES (1, 2); CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (2); CREATE TABLE u (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO u VALUES (1, 'long'), (2, NULL)",
    );
    await runAll(from, path, { existing: "append" });
    expect(read(path, "SELECT * FROM u ORDER BY id")).toEqual([
      [1, "long"],
      [2, null],
      [9, "x"],
    ]);
    expect(read(path, "SELECT * FROM k ORDER BY id")).toEqual([
      [1, 2],
      [6, 55],
    ]);
  });
});
