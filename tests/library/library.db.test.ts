/** The library does what the command line does: the same phases, errors and events. */

import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { bulky, relations, schemas, shop, value, workspace } from "../cli/workspace.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { schemaTarget } from "../support/settings.ts";
import { library } from "./built.ts";

const { clean, copySettings, plan, RowhaulError, readPipeline, rehearse, report, rollback, run, status, validate } =
  library;

type Space = ReturnType<typeof workspace>;
type Event = { readonly type: string; readonly phase?: string; readonly state?: string };

async function inDatabase(
  work: (database: TestDatabase, space: Space, pipeline: string) => Promise<void>,
  sql = shop,
): Promise<void> {
  const database = await freshDatabase();
  const space = workspace();
  space.sqlite(sql);
  try {
    await work(database, space, space.pipeline(database.url));
  } finally {
    await database.drop();
  }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(RowhaulError);
    return (thrown as { code: string }).code;
  }
  return "none";
}

describe("the library", () => {
  it("plans, runs, validates, reports, rolls back and cleans", () =>
    inDatabase(async (database, space, pipeline) => {
      const planned = await plan(pipeline);
      expect(planned).toMatchObject({ stage: "planned", outcome: "planned" });
      expect(planned.plan?.tables.map((table) => table.source)).toEqual(["customers", "orders"]);
      expect(await schemas(database.pool)).toEqual(["public"]);
      const events: Event[] = [];
      const done = await run(pipeline, { onEvent: (event) => events.push(event) });
      expect(done).toMatchObject({
        stage: "done",
        run: expect.any(String),
        outcome: "done",
        summary: "240 rows in 2 tables: moved and proven",
      });
      expect(
        events.filter((event) => event.type === "phase" && event.state === "started").map((event) => event.phase),
      ).toEqual(expect.arrayContaining(["preflight", "load", "finish", "validate", "cutover"]));
      expect(events[0]).toEqual({ type: "phase", phase: "preflight", state: "started" });
      expect(await value(database.pool, "SELECT count(*)::int FROM orders")).toBe(200);
      expect(await validate(pipeline)).toMatchObject({ outcome: "validated", stage: "done" });
      expect(report(pipeline)).toMatchObject({ run: done.run, stage: "done", changed: 0, quarantined: 0 });
      expect(status(pipeline)).toMatchObject([{ run: done.run, stage: "done", interrupted: false }]);
      expect(await run(pipeline)).toMatchObject({
        outcome: "nothing to do",
        summary: expect.stringContaining(`nothing to do: run ${done.run} is finished`),
      });
      expect(await rollback(pipeline)).toMatchObject({ stage: "rolled back" });
      expect(await relations(database.pool)).toEqual([]);
      expect((await clean(pipeline)).length).toBeGreaterThan(2);
      expect(await schemas(database.pool)).toEqual(["public"]);
      expect(existsSync(space.path(".rowhaul"))).toBe(false);
    }));

  it("asks before anything is changed", () =>
    inDatabase(async (database, _, pipeline) => {
      expect(await codeOf(run(pipeline, { confirm: async (made) => made.tables.length !== 2 }))).toBe("NOT_CONFIRMED");
      expect(await schemas(database.pool)).toEqual(["public"]);
    }));

  it("throws errors of one class, with a code and an exit status", () =>
    inDatabase(async (database, space) => {
      expect(await codeOf(run(space.path("nowhere.yaml")))).toBe("PIPELINE_NOT_FOUND");
      const missing = copySettings(space.path("no.db"), database.url, { folder: space.folder });
      await expect(run(missing)).rejects.toMatchObject({ name: "RowhaulError", code: "SOURCE_NOT_FOUND", exit: 2 });
      expect(await codeOf(rollback(missing))).toBe("NO_RUN");
      expect(status(missing)).toEqual([]);
      expect(report(missing)).toBeNull();
    }));

  it("copies without a file, and accepts everything when told", () =>
    inDatabase(async (database, space) => {
      const settings = copySettings(space.path("app.db"), database.url, {
        folder: space.folder,
        schema: "taken",
        tables: ["cust*"],
      });
      expect(await codeOf(plan(settings))).toBe("HAZARDS_NOT_ACCEPTED");
      const done = await run(settings, { acceptAll: true });
      expect(done.stage).toBe("done");
      expect(await value(database.pool, "SELECT name FROM taken.customers WHERE id = 99")).toBe("ab");
      expect(report(settings)).toMatchObject({
        changed: 1,
        ledger: [{ table: "customers", key: "id=99", column: "name" }],
      });
    }, `${shop} INSERT INTO customers VALUES (99, 'a' || char(0) || 'b', NULL);`));

  it("stops at an AbortSignal, and resumes", () =>
    inDatabase(async (database, _, pipeline) => {
      for (const phase of ["profile", "load", "finish", "validate"]) {
        const controller = new AbortController();
        const reason = new Error(`stopped in ${phase}`);
        const stopped = run(pipeline, {
          signal: controller.signal,
          onEvent: (event: Event) => {
            if (event.type === "phase" && event.phase === phase && event.state === "started")
              setImmediate(() => controller.abort(reason));
          },
        });
        await expect(stopped).rejects.toBe(reason);
        expect(await relations(database.pool)).toEqual([]);
      }
      const done = await run(pipeline);
      expect(done.stage).toBe("done");
      expect(
        await value(database.pool, "SELECT concat((SELECT count(*) FROM big1), ' ', (SELECT count(*) FROM big2))"),
      ).toBe("20000 20000");
    }, bulky));

  it("does not run twice at once in one process", () =>
    inDatabase(async (_, __, pipeline) => {
      const outcomes = await Promise.all([codeOf(run(pipeline)), codeOf(run(pipeline))]);
      expect(outcomes.sort()).toEqual(["RUN_IN_PROGRESS", "none"]);
    }));

  it("rehearses without a trace", () =>
    inDatabase(async (database, space, pipeline) => {
      space.write(".env", "DATABASE_URL=old\n");
      space.write(
        "pipeline.yaml",
        `${space.read("pipeline.yaml")}cutover: [{ file: .env, set: { DATABASE_URL: "\${target.url}" } }]\n`,
      );
      const before = space.hashes();
      const temporary = readdirSync(tmpdir()).filter((name) => /^rowhaul-(rehearsal|postgres)/.test(name));
      const result = await rehearse(pipeline);
      expect(result.outcome).toBe("rehearsed");
      expect(result.summary).toContain("240 rows in 2 tables");
      expect(result.stage).toBe("done");
      expect(space.hashes()).toEqual(before);
      expect(existsSync(space.path(".rowhaul"))).toBe(false);
      expect(await schemas(database.pool)).toEqual(["public"]);
      const left = readdirSync(tmpdir()).filter((name) => /^rowhaul-rehearsal/.test(name) && !temporary.includes(name));
      expect(left).toEqual([]);
    }));

  it("reads pipeline files as settings", () =>
    inDatabase(async (database, space, pipeline) => {
      const settings = readPipeline(pipeline);
      expect(settings).toMatchObject({
        name: "app",
        source: { kind: "sqlite", path: space.path("app.db") },
        folder: space.folder,
      });
      expect((await run({ ...settings, target: { ...schemaTarget(settings), schema: "other" } })).stage).toBe("done");
      expect(await relations(database.pool, "other")).toContain("orders");
    }));
});
