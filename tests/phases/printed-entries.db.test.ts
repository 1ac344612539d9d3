/** What stops a run once rows move prints what answers it; put into the pipeline file as printed, it ends the stop. */
import { describe, expect, it } from "vitest";
import { workspace } from "../cli/workspace.ts";
import { rowhaul } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

const cases: [what: string, sql: string, exit: number, entry: string, first: string | null][] = [
  [
    "a view that leaves 64 bits",
    "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (9223372036854775807); CREATE VIEW v AS SELECT a + 1 AS x FROM t",
    2,
    "{ code: VIEW_LOST, object: v, policy: lose }",
    null,
  ],
  [
    "a view that leaves double precision",
    "CREATE TABLE t (a REAL); INSERT INTO t VALUES (1e200); CREATE VIEW v AS SELECT a * a > 5 AS x FROM t",
    2,
    "{ code: VIEW_LOST, object: v, policy: lose }",
    null,
  ],
  [
    "a generated column that leaves 64 bits on its way",
    "CREATE TABLE t (a INTEGER, b INTEGER AS (a * a > 5)); INSERT INTO t VALUES (9223372036854775807), (1)",
    2,
    "{ code: GENERATED_LOST, column: t.b, policy: values }",
    null,
  ],
  [
    "two keys that are one without their NUL",
    "CREATE TABLE t (k TEXT PRIMARY KEY); INSERT INTO t VALUES ('a' || char(0)), ('a')",
    2,
    "{ code: NUL_IN_TEXT, column: t.k, policy: escape }",
    "strip",
  ],
];

describe.concurrent("the printed entry ends", () => {
  it.each(cases)("%s", async (_, sql, exit, entry, first) =>
    inDatabase(async (database) => {
      const space = workspace();
      space.sqlite(sql);
      space.pipeline(database.url, ...(first === null ? [] : [`accept: [{ code: NUL_IN_TEXT, policy: ${first} }]`]));
      const stopped = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
      expect([stopped.exit, stopped.all]).toEqual([exit, expect.stringContaining(`accept:\n  - ${entry}`)]);
      const [, lines = ""] = /^(accept:\n(?: {2}- .*\n)+)/m.exec(stopped.all) ?? [];
      space.pipeline(database.url, lines);
      const done = await rowhaul(["run", "pipeline.yaml", "--fresh"], { cwd: space.folder });
      expect(done.exit === 0 ? "" : done.all).toBe("");
    }),
  );
});

describe.concurrent("what is known beforehand", () => {
  it("rows that violate their own check: carried, or kept whole in quarantine, with the check there for the next row", () =>
    inDatabase(async (database) => {
      const sql = `
        CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER CHECK (n > 0), "a b" TEXT, CONSTRAINT two CHECK (length("a b") < 3));
        CREATE TABLE keyed (k TEXT PRIMARY KEY, n CHECK (n <> 'x')) WITHOUT ROWID;
        PRAGMA ignore_check_constraints = ON;
        INSERT INTO t VALUES (1, -5, 'x'), (2, 5, 'long'), (3, 1, 'ok');
        INSERT INTO keyed VALUES ('a', 'x'), ('b', 'y');`;
      const space = workspace();
      space.sqlite(sql);
      space.pipeline(database.url);
      const refused = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
      expect([refused.exit, refused.all]).toEqual([
        2,
        expect.stringContaining("{ code: CHECK_BROKEN, column: t.two, policy: not-valid }"),
      ]);
      for (const [policy, rows] of [
        ["not-valid", "3 2"],
        ["quarantine", "1 1"],
      ] as const) {
        space.pipeline(
          database.url,
          `accept: [{ code: CHECK_BROKEN, policy: ${policy} }]`,
          `target: { kind: postgres, url: "${database.url}", existing: keep-aside }`,
        );
        const done = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
        expect(done.exit === 0 ? "" : done.all).toBe("");
        const { rows: found } = await database.pool.query(
          "SELECT (SELECT count(*) FROM t) || ' ' || (SELECT count(*) FROM keyed) AS n",
        );
        expect(found).toEqual([{ n: rows }]);
        await expect(database.pool.query("INSERT INTO t VALUES (9, -1, 'x')")).rejects.toThrow(
          "violates check constraint",
        );
      }
    }));

  it("a zero's sign: SQLite's - makes no -0.0 of 0.0", () =>
    inDatabase(async (database) => {
      const space = workspace();
      space.sqlite(
        "CREATE TABLE t (a REAL, b REAL AS (-a), c AS (a * -1.0)); INSERT INTO t VALUES (0.0), (-0.5), (-0.0)",
      );
      space.pipeline(database.url);
      const done = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
      expect(done.exit === 0 ? "" : done.all).toBe("");
    }));

  it.each([
    ["integers", "INTEGER", (i: number) => i],
    ["long texts", "TEXT", (i: number) => `'${"0123456789abcdefghij".repeat(3)}${i}'`],
  ])("rows wider than a page: %s", (_, type, value) =>
    inDatabase(async (database) => {
      const columns = Array.from({ length: 1200 }, (_, i) => i);
      const row = (id: number, filled: number) =>
        `INSERT INTO t VALUES (${[id, ...columns.map((i) => (i < filled ? value(i) : "NULL"))].join(", ")});`;
      const space = workspace();
      space.sqlite(`
        CREATE TABLE t (id INTEGER PRIMARY KEY, ${columns.map((i) => `c${i} ${type}`).join(", ")});
        ${row(1, 300)} ${row(2, 1200)} ${row(3, 0)} ${row(4, 1100)}`);
      space.pipeline(database.url);
      const refused = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
      expect([refused.exit, refused.all]).toEqual([2, expect.stringContaining("ROW_TOO_WIDE t: 2 rows have more")]);
      const [, lines = ""] = /^(accept:\n(?: {2}- .*\n)+)/m.exec(refused.all) ?? [];
      expect(lines).toContain("{ code: ROW_TOO_WIDE, table: t, policy: quarantine }");
      space.pipeline(database.url, lines);
      const done = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
      expect(done.exit === 0 ? "" : done.all).toBe("");
      const { rows } = await database.pool.query(
        `SELECT (SELECT string_agg(id::text, ',' ORDER BY id) FROM t) AS t, (SELECT string_agg(key, ',' ORDER BY key) FROM rowhaul.quarantine) AS out`,
      );
      expect(rows).toEqual([{ t: "1,3", out: expect.stringMatching(/2.*,.*4/) }]);
    }),
  );

  it("arithmetic that leaves 64 bits in no row that moves, or in double precision, asks for nothing", () =>
    inDatabase(async (database) => {
      const space = workspace();
      space.sqlite(`
        CREATE TABLE t (a INTEGER, r REAL, g INTEGER AS (a * 2)); INSERT INTO t (a, r) VALUES (5, 1e100);
        CREATE VIEW v AS SELECT a * a - 1 AS x, r * r AS y, r + a AS z FROM t`);
      space.pipeline(database.url);
      const done = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
      expect(done.exit === 0 ? "" : done.all).toBe("");
    }));

  it("a generated column whose values left 64 bits", () =>
    inDatabase(async (database) => {
      const space = workspace();
      space.sqlite("CREATE TABLE t (a INTEGER, b INTEGER AS (a * a)); INSERT INTO t VALUES (3037000500), (5)");
      space.pipeline(database.url);
      const refused = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
      expect([refused.exit, refused.all]).toEqual([2, expect.stringContaining("GENERATED_LOST t.b")]);
      const done = await rowhaul(["run", "pipeline.yaml", "--accept-all"], { cwd: space.folder });
      expect(done.exit === 0 ? "" : done.all).toBe("");
    }));
});

it("takes an index for the one declared where PostgreSQL writes it more simply, and no other", () =>
  inDatabase(async (database) => {
    const space = workspace();
    space.sqlite(`
      CREATE TABLE t1 (a TEXT, b INTEGER); CREATE INDEX i1 ON t1 (+b);
      CREATE TABLE t2 (a TEXT, b INTEGER); CREATE INDEX i2 ON t2 (CAST(a AS TEXT));
      CREATE TABLE t3 (a TEXT, b INTEGER); CREATE INDEX i3 ON t3 (b) WHERE 1;
      CREATE TABLE t4 (a TEXT, b INTEGER); CREATE UNIQUE INDEX i4 ON t4 (likely(b)) WHERE 1 = 1;
      CREATE TABLE t6 (id INTEGER PRIMARY KEY, "a b" TEXT, c INTEGER);
      CREATE INDEX i6 ON t6 (("a b") || '', "a b" COLLATE NOCASE) WHERE c = c;
      CREATE INDEX i7 ON t6 (+id, likely(c) DESC) WHERE c IN ();
      CREATE UNIQUE INDEX i8 ON t6 (coalesce(c, id), ("a b")) WHERE NOT 0 AND c IS NOT NULL;
      CREATE INDEX i9 ON t6 (CAST(c AS INTEGER), lower(CAST("a b" AS TEXT))) WHERE true;
      CREATE TABLE t7 (a TEXT DEFAULT (CAST(NULL AS TEXT)), b DEFAULT (NULL));
      CREATE TABLE t5 (a TEXT, b INTEGER, CHECK (1), CHECK (+b > 0 AND 1), CHECK (CAST(a AS TEXT) <> 'q'));`);
    space.pipeline(database.url);
    const done = await rowhaul(["run", "pipeline.yaml"], { cwd: space.folder });
    expect(done.exit === 0 ? "" : done.all).toBe("");
    await database.pool.query(`
      DROP INDEX i1; CREATE INDEX i1 ON t1 (a);
      DROP INDEX i9; CREATE INDEX i9 ON t6 (c, upper("a b"))`);
    const other = await rowhaul(["validate", "pipeline.yaml"], { cwd: space.folder });
    expect([other.exit, other.all]).toEqual([4, expect.stringContaining("The index i1 is not in the target.")]);
    expect(other.all).toContain("The partial index i9 is not in the target.");
    expect(other.all).not.toMatch(/index i[2-8] is not/);
  }));

async function inDatabase(work: (database: TestDatabase) => Promise<void>): Promise<void> {
  const database = await freshDatabase();
  try {
    await work(database);
  } finally {
    await database.drop();
  }
}
