/** Runs with transforms one after another: nothing to do, something changed, stopped in the middle; and what they keep to themselves. */
import { describe, expect, it } from "vitest";
import { numbers } from "../cli/workspace.ts";
import { rowhaul } from "../support/cli.ts";
import { transforming } from "./transforming.ts";

const sql = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, ' X '), (2, 'y')";

describe("a run with transforms", () => {
  it("that is finished has nothing to do; another step is another run", () =>
    transforming(
      { sql, files: { "f.mjs": "export default (row) => ({ ...row, a: 'v1' })" } },
      async ({ go, rows, space }) => {
        const yaml = "tables: { t: { transform: ./f.mjs } }";
        expect(await go(yaml)).toMatchObject({ ended: "done" });
        expect((await go(yaml)).message).toContain("nothing to do");
        // Only the function's file has changed.
        space.write("f.mjs", "export default (row) => ({ ...row, a: 'v2' })");
        expect(await go(yaml)).toMatchObject({ exit: 2, message: expect.not.stringContaining("nothing to do") });
        expect(await go("tables: { t: { transform: { case: { columns: a, to: upper } } } }")).toMatchObject({
          exit: 2,
        });
        expect(await rows("SELECT DISTINCT a FROM t")).toEqual([["v1"]]);
      },
    ));

  it("stopped among its rows begins again; stopped after its load goes on", () =>
    transforming(
      {
        sql: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t SELECT n, ' ' || n FROM (${numbers(3000)})`,
      },
      async ({ go, rows }) => {
        const yaml = "tables: { t: { transform: [{ trim: a }, { dedupe: { by: a } }] } }";
        const stop = new AbortController();
        const stopped = go(yaml, { signal: stop.signal, onEvent: () => {} });
        stop.abort(new Error("stopped"));
        await expect(stopped).rejects.toThrow("stopped");
        expect(await go(yaml, { until: "load" })).toMatchObject({ ended: "loaded" });
        expect(await go(yaml.replace("by: a", "by: id"))).toMatchObject({ ended: "PIPELINE_CHANGED" });
        expect(await go(yaml)).toMatchObject({ ended: "done" });
        expect(await rows("SELECT count(*), min(a), max(length(a)) FROM t")).toEqual([["3000", "1", "4"]]);
      },
    ));

  it("never tells the key of a hash", () =>
    transforming({ sql }, async ({ go, rows, space }) => {
      const secret = "sEcReT-kEy-4711";
      process.env.TRANSFORM_KEY = secret;
      const yaml =
        "tables: { t: { transform: [{ mask: { columns: a, email: { keyFrom: TRANSFORM_KEY } } }, { hash: { columns: a, keyFrom: TRANSFORM_KEY } }] } }";
      const ended = await go(yaml);
      expect(ended).toMatchObject({ ended: "done" });
      expect(JSON.stringify(ended)).not.toContain(secret);
      expect(space.kept().size).toBeGreaterThan(3);
      for (const [path, bytes] of space.kept()) expect(`${path} ${bytes.includes(secret)}`).toBe(`${path} false`);
      const report = await rowhaul(["report", "pipeline.yaml", "--full"], { cwd: space.folder });
      expect(report.all).not.toContain(secret);
      expect(await rows("SELECT count(DISTINCT a), min(length(a)) FROM t")).toEqual([["2", "64"]]);
    }));

  it("without the key stops before anything is read", () =>
    transforming({ sql }, async ({ go }) => {
      delete process.env.TRANSFORM_KEY;
      const ended = await go("tables: { t: { columns: { a: { hash: { keyFrom: TRANSFORM_KEY } } } } }");
      expect(ended).toMatchObject({ ended: "PLAN_INVALID", exit: 2 });
      expect(ended.message).toContain("the environment variable TRANSFORM_KEY is not set");
    }));

  it("with another key than its replay is not the same twice", () =>
    transforming({ sql }, async ({ go }) => {
      const yaml = "tables: { t: { columns: { a: { hash: { keyFrom: TRANSFORM_KEY } } } } }";
      process.env.TRANSFORM_KEY = "one";
      expect(await go(yaml, { until: "load" })).toMatchObject({ ended: "loaded" });
      process.env.TRANSFORM_KEY = "two";
      expect(await go(yaml)).toMatchObject({ ended: "VALIDATION_FAILED", exit: 4 });
    }));

  it("narrowed by --tables keeps the steps of the tables that move", () =>
    transforming({ sql: `${sql}; CREATE TABLE other (id INTEGER PRIMARY KEY)` }, async ({ go, rows, space }) => {
      // Only to write the file.
      await go("tables: { t: { transform: { mask: { columns: a, fixed: hidden } } }, other: {} }", { dryRun: true });
      const { exit, all } = await rowhaul(["run", "pipeline.yaml", "--yes", "--tables", "T*"], { cwd: space.folder });
      expect(`${exit} ${all}`).toMatch(/^0 /);
      expect(await rows("SELECT a FROM t")).toEqual([["hidden"], ["hidden"]]);
      expect(await rows("SELECT to_regclass('public.other')")).toEqual([[null]]);
    }));

  it("types, names and acceptances are of the columns as they are after the steps", () =>
    transforming(
      {
        sql: "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, e INTEGER, n TEXT, z TEXT); INSERT INTO t VALUES (1, ' 5 ', 1700000000, '1.50', 'x' || char(0) || 'y'), (2, NULL, 0, '2', NULL), (3, '7', NULL, '', '')",
      },
      async ({ go, rows }) => {
        const yaml = `
tables:
  t:
    as: tt
    where: "id < 3"
    rename: { a: aa }
    drop: [n]
    columns:
      e: { epoch: seconds, type: timestamptz }
      a: { trim: true, cast: integer }
    transform: { rename: { e: at, z: text } }
accept: [{ code: NUL_IN_TEXT, column: t.text, policy: escape }]`;
        const ended = await go(yaml);
        expect(ended).toMatchObject({
          ended: "done",
          hazards: ["NUL_IN_TEXT t.text"],
          leftOut: ["column t.n: dropped by the pipeline"],
        });
        expect(await rows("SELECT id, aa, pg_typeof(aa), at, text FROM tt ORDER BY 1")).toEqual([
          ["1", "5", "integer", "2023-11-14 22:13:20+00", "x\u2400y"],
          ["2", null, "integer", "1970-01-01 00:00:00+00", null],
        ]);
      },
    ));
});
