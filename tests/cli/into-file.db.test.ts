/** `copy` and `import` into a SQLite file that an application made. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { type CliResult, rowhaul } from "../support/cli.ts";
import { type Workspace, workspace } from "./workspace.ts";

type Scene = {
  readonly space: Workspace;
  readonly cli: (...args: readonly string[]) => Promise<CliResult>;
  /** Rows of a SELECT on the target. */
  readonly rows: (sql: string) => unknown[];
  readonly hash: () => string;
};

/** `source`: statements for app.db; `live`: for t.db. */
function scene(source: string, live: string): Scene {
  const space = workspace();
  if (source !== "") space.sqlite(source);
  space.sqlite(live, "t.db");
  return {
    space,
    cli: (...args) => rowhaul([...args, "--no-color"], { cwd: space.folder }),
    rows(sql) {
      const db = new Database(space.path("t.db"), { readonly: true });
      try {
        return db.prepare(sql).raw().all();
      } finally {
        db.close();
      }
    },
    hash: () =>
      createHash("sha256")
        .update(readFileSync(space.path("t.db")))
        .digest("hex"),
  };
}

describe.concurrent("constraints", () => {
  it.each(["--append", "--merge"])("a CHECK that a row breaks refuses %s, each time it is run", async (flag) => {
    const { cli, hash } = scene(
      "CREATE TABLE u (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO u VALUES (1, 'x'), (2, 'long enough')",
      "CREATE TABLE u (id INTEGER PRIMARY KEY, name TEXT CHECK (length(name) > 3))",
    );
    const before = hash();
    for (let round = 0; round < 2; round++) {
      const { exit, stderr } = await cli("copy", "app.db", "t.db", flag);
      expect([exit, stderr]).toEqual([4, expect.stringContaining("Error CONSTRAINT_VIOLATED: 1 row breaks what")]);
      expect(stderr).toContain("at table u, key id=1, column name, sample 'x'");
      expect(stderr).toContain("u: CHECK (length(name) > 3): 1 row");
      expect(stderr).toContain("run again with --fresh");
      expect(hash()).toBe(before);
    }
  });

  it("an orphan refuses; with its parent the same command goes on with --fresh", async () => {
    const { cli, rows, space, hash } = scene(
      "CREATE TABLE k (id INTEGER PRIMARY KEY, p INTEGER); INSERT INTO k VALUES (1, 77)",
      "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE k (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id))",
    );
    const before = hash();
    const refused = await cli("copy", "app.db", "t.db", "--append");
    expect([refused.exit, refused.stderr]).toEqual([
      4,
      expect.stringContaining("k: FOREIGN KEY (p) REFERENCES p (id): 1 row\n      id=1: p=77"),
    ]);
    expect(hash()).toBe(before);
    space.sqlite("INSERT INTO p VALUES (77)", "t.db");
    const done = await cli("copy", "app.db", "t.db", "--append", "--fresh");
    expect(done.exit).toBe(0);
    expect(rows("SELECT * FROM k")).toEqual([[1, 77]]);
    expect(rows("SELECT * FROM pragma_foreign_key_check()")).toEqual([]);
  });

  it("the plan says that triggers do not fire", async () => {
    const { cli, rows } = scene(
      "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)",
      "CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE TABLE log (x); CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.id); END",
    );
    const done = await cli("copy", "app.db", "t.db", "--append");
    expect(done.exit).toBe(0);
    expect(rows("SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM log)")).toEqual([[1, 0]]);
    expect((await cli("report", "app.db", "t.db")).stdout).toContain("the trigger tr of t stays, and does not fire");
  });
});
