/** Long work on a SQLite file: done in a process of its own, which an abort ends. */
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { Plan } from "../../../src/core/plan/plan.ts";
import { fileProof } from "../../../src/targets/sqlite/prove.ts";
import { stagingFile } from "../../../src/targets/sqlite/switch/places.ts";
import { never } from "../../support/never.ts";
import { freshPath, makeDatabase } from "../../support/scratch-database.ts";
import { prepare, runAll, stepsOf } from "./run.ts";

const stopped = new Error("stopped");
/** As if there were many. */
const large = (plan: Plan): Plan => ({ ...plan, estimate: { ...plan.estimate, rows: 10_000_000 } });

describe("with many rows", () => {
  it("an index is built beside this process, and its checkpoint with it", async () => {
    const source = makeDatabase("CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 'b'), (2, 'a')");
    const prepared = await prepare(source, freshPath());
    const { target, run, path, plan } = prepared;
    const session = await target.acquire(run, large(plan), never);
    for (const step of stepsOf(prepared).slice(0, 2)) await step.act(session);
    const sql = "CREATE INDEX i ON t (v)";
    await session.finish({ id: "t/i", sql, doing: "adding index i" }, never);
    const again = session.finish({ id: "t/j", sql, doing: "adding index i" }, never);
    await expect(again).rejects.toMatchObject({ code: "TARGET_REFUSED", message: /adding index i: .*already exists/ });
    expect([...(await target.runs.checkpoints(run)).keys()]).toContain("finish/t/i");
    const file = new Database(stagingFile(path, run), { readonly: true });
    expect(file.prepare("SELECT sql FROM sqlite_schema WHERE name = 'i'").pluck().get()).toBe(sql);
    file.close();
    await session.release();
    prepared.frozen.close();
  });

  it("an abort ends it at once, and leaves nothing of it", async () => {
    const source = makeDatabase(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO t SELECT i, i FROM n",
    );
    const prepared = await prepare(source, freshPath());
    const { target, run, path, plan } = prepared;
    const session = await target.acquire(run, large(plan), never);
    for (const step of stepsOf(prepared).slice(0, 2)) await step.act(session);
    const controller = new AbortController();
    // Minutes of work.
    const sql = "CREATE INDEX slow ON t (length(hex(zeroblob(2000000 + v))))";
    const building = session.finish({ id: "t/slow", sql, doing: "adding index slow" }, controller.signal);
    const ended = expect(building).rejects.toBe(stopped);
    await sleep(1000);
    const aborted = Date.now();
    controller.abort(stopped);
    await ended;
    expect(Date.now() - aborted).toBeLessThan(10_000);
    expect([...(await target.runs.checkpoints(run)).keys()]).not.toContain("finish/t/slow");
    await session.finish({ id: "t/i", sql: "CREATE INDEX i ON t (v)", doing: "adding index i" }, never);
    const file = new Database(stagingFile(path, run), { readonly: true });
    expect(
      file.prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 't'").pluck().all(),
    ).toEqual(["i"]);
    file.close();
    await session.release();
    prepared.frozen.close();
  });

  it("a process that lost the lease commits nothing", async () => {
    const source = makeDatabase("CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 'b')");
    const prepared = await prepare(source, freshPath());
    const { target, run, path, plan } = prepared;
    const session = await target.acquire(run, large(plan), never);
    for (const step of stepsOf(prepared).slice(0, 2)) await step.act(session);
    const state = new Database(`${path}.rowhaul`);
    state.exec("UPDATE lease SET token = token + 1");
    state.close();
    const building = session.finish({ id: "t/i", sql: "CREATE INDEX i ON t (v)", doing: "adding index i" }, never);
    await expect(building).rejects.toMatchObject({
      code: "LEASE_LOST",
      message: `Another process took over the work on ${path}.`,
    });
    expect([...(await target.runs.checkpoints(run)).keys()]).not.toContain("finish/t/i");
    await session.release();
    prepared.frozen.close();
  });

  it("the proof says beside this process what it says in it, and an abort ends it", async () => {
    const source = makeDatabase(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 'b'), (2, x'00')",
    );
    const { run, path, plan, catalog, snapshot, existing } = await runAll(source, freshPath());
    const file = new Database(path);
    file.exec("UPDATE t SET v = 'other' WHERE id = 2");
    file.close();
    const prove = fileProof({ kind: "sqlite", path, existing });
    const wanted = ["counts", "schema", "parity"] as const;
    const input = { plan, catalog, snapshot, schema: "main", run, live: null, wanted, emit: () => {}, signal: never };
    const timeless = (results: Awaited<ReturnType<typeof prove>>) => results.map((one) => ({ ...one, seconds: 0 }));
    const [here, beside] = [await prove(input), await prove({ ...input, plan: large(plan) })];
    expect(timeless(beside)).toEqual(timeless(here));
    expect(here.map(({ passed }) => passed)).toEqual([true, true, false]);
    const controller = new AbortController();
    const proving = prove({ ...input, plan: large(plan), signal: controller.signal });
    controller.abort(stopped);
    await expect(proving).rejects.toBe(stopped);
  });
});
