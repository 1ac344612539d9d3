import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { labelOf } from "../../../../src/postgres/backends.ts";
import { inTransaction, openTransaction, type Pool } from "../../../../src/postgres/transaction.ts";
import { loadUnit } from "../../../../src/targets/postgres/load/load-unit.ts";
import { createStaging } from "../../../../src/targets/postgres/load/staging.ts";
import {
  acquireLease,
  checkLease,
  fence,
  keepLease,
  releaseLease,
} from "../../../../src/targets/postgres/state/lease.ts";
import { readCheckpoints } from "../../../../src/targets/postgres/state/state.ts";
import { ensureState } from "../../../../src/targets/postgres/state/upgrade.ts";
import { freshDatabase, useDatabase } from "../../../support/database.ts";
import { never } from "../../../support/never.ts";
import { codeOf, errorOf } from "../../../support/scratch-database.ts";
import { runRow, smallPlan, wholeTable } from "../plans.ts";

const database = useDatabase();
const state = "rowhaul state";
const fenced = (lease: Parameters<typeof fence>[1]) =>
  inTransaction(database.pool, "working", (client) => fence(client, lease));

beforeEach(async () => {
  await database.pool.query(
    `DROP SCHEMA IF EXISTS "${state}" CASCADE; DROP SCHEMA IF EXISTS rowhaul_staging_1 CASCADE`,
  );
  await ensureState(database.pool, state);
});

async function sleeping(): Promise<unknown[]> {
  return (await database.pool.query("SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'")).rows;
}

async function pretend(changes: string): Promise<void> {
  await database.pool.query(`UPDATE "${state}".leases SET ${changes}`);
}

describe("the lease", () => {
  it("is session by one run, and names it", async () => {
    const { pool } = database;
    const lease = await acquireLease(pool, state, "public", "run-1");
    const error = await errorOf(() => acquireLease(pool, state, "public", "run-2"));
    expect(error.code).toBe("RUN_IN_PROGRESS");
    expect(error.message).toMatch(
      new RegExp(
        `^Run run-1 is at work on schema public \\(${hostname()}:${process.pid}\\); .* its hold ends in (59|60) s\\.$`,
      ),
    );
    expect((await errorOf(() => checkLease(pool, state, "public", "run-1"))).message).toMatch(/^This run is at work/);
    await releaseLease(pool, lease);
    await checkLease(pool, state, "public", "run-2");
    await releaseLease(pool, await acquireLease(pool, state, "public", "run-2"));
  });

  it("goes to one of many who ask at once", async () => {
    const asked = await Promise.allSettled(
      Array.from({ length: 6 }, (_, i) => acquireLease(database.pool, state, "public", `run-${i}`)),
    );
    expect(asked.filter((result) => result.status === "fulfilled")).toHaveLength(1);
  });

  it("of another schema is another one", async () => {
    await acquireLease(database.pool, state, "public", "run-1");
    await acquireLease(database.pool, state, "other", "run-2");
    expect(await codeOf(() => acquireLease(database.pool, state, "other", "run-3"))).toBe("RUN_IN_PROGRESS");
  });

  it("of one that is gone is taken from the backends that it left", async () => {
    const { pool } = database;
    const lease = await acquireLease(pool, state, "public", "run-1");
    /** A transaction of a process that died: it has the lease's row, and the server has not noticed. */
    const orphan = async (): Promise<Promise<unknown>> => {
      const labelled: Pool = pool;
      labelled.label = labelOf([state, "public"], lease.token);
      const open = await openTransaction(labelled, "working");
      labelled.label = null;
      await fence(open.client, lease);
      return open.client.query("SELECT pg_sleep(60)").catch((thrown: unknown) => open.fail(thrown));
    };
    const living = orphan();
    await expect.poll(async () => (await sleeping()).length).toBe(1);
    expect(await codeOf(() => acquireLease(pool, state, "public", "run-2"))).toBe("RUN_IN_PROGRESS");
    expect(await sleeping()).toHaveLength(1);
    // Its row is locked, so that the time cannot be set back; a process that never was has died.
    await pool.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'");
    expect(await living).toMatchObject({ code: "CONNECTION_LOST" });
    await pretend("expires = clock_timestamp() - interval '1 second'");
    const dead = orphan();
    await expect.poll(async () => (await sleeping()).length).toBe(1);
    const taken = await acquireLease(pool, state, "public", "run-2");
    expect(await dead).toMatchObject({ code: "CONNECTION_LOST" });
    await fenced(taken);
  });

  it("given back leaves no backend behind a connection that broke", async () => {
    const { pool } = database;
    const lease = await acquireLease(pool, state, "public", "run-1");
    const labelled: Pool = pool;
    labelled.label = labelOf([state, "public"], lease.token);
    const open = await openTransaction(labelled, "working");
    labelled.label = null;
    await fence(open.client, lease);
    const broken = open.client.query("SELECT pg_sleep(60)").catch((thrown: unknown) => open.fail(thrown));
    await expect.poll(async () => (await sleeping()).length).toBe(1);
    await releaseLease(pool, lease);
    expect(await broken).toMatchObject({ code: "CONNECTION_LOST" });
    expect(await sleeping()).toHaveLength(0);
    await fenced(await acquireLease(pool, state, "public", "run-2"));
  });

  it("given back leaves alone who bears the same name in another database", async () => {
    const lease = await acquireLease(database.pool, state, "public", "run-1");
    const elsewhere = await freshDatabase();
    await elsewhere.pool.query("SELECT 1");
    const client = await elsewhere.pool.connect();
    await client.query(`SET application_name = '${labelOf([state, "public"], lease.token)}'`);
    await releaseLease(database.pool, lease);
    expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    client.release();
    await elsewhere.drop();
  });

  it("expires; the one who lost it cannot commit", async () => {
    const { pool } = database;
    const old = await acquireLease(pool, state, "public", "run-1");
    await pretend("owner = 'elsewhere:1'");
    expect(await codeOf(() => acquireLease(pool, state, "public", "run-2"))).toBe("RUN_IN_PROGRESS");
    await pretend("expires = clock_timestamp() - interval '1 second'");
    await checkLease(pool, state, "public", "run-2");
    const taken = await acquireLease(pool, state, "public", "run-2");
    expect(await codeOf(() => fenced(old))).toBe("LEASE_LOST");
    await fenced(taken);
    await releaseLease(pool, old);
    await fenced(taken);
  });

  it("stays lost when the next owner has come and gone, and another one came", async () => {
    const { pool } = database;
    const old = await acquireLease(pool, state, "public", "run-1");
    await pretend("expires = clock_timestamp() - interval '1 second'");
    await releaseLease(pool, await acquireLease(pool, state, "public", "run-2"));
    expect(await codeOf(() => fenced(old))).toBe("LEASE_LOST");
    await acquireLease(pool, state, "public", "run-3");
    expect(await codeOf(() => fenced(old))).toBe("LEASE_LOST");
  });

  it("of a process of this machine that died is free at once", async () => {
    const { pool } = database;
    const old = await acquireLease(pool, state, "public", "run-1");
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    await pretend(`owner = '${hostname()}:${pid}'`);
    await checkLease(pool, state, "public", "run-2");
    await acquireLease(pool, state, "public", "run-2");
    expect(await codeOf(() => fenced(old))).toBe("LEASE_LOST");
  });

  it("without any state is free", async () => {
    await checkLease(database.pool, "no such state", "public", "run-1");
  });

  it("is renewed, and its loss is told", async () => {
    const { pool } = database;
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const lease = await acquireLease(pool, state, "public", "run-1");
      const lost: string[] = [];
      const stop = keepLease(pool, lease, (error) => lost.push(error.code));
      await pretend("expires = clock_timestamp() + interval '1 second'");
      const left = async () =>
        (await pool.query(`SELECT extract(epoch FROM expires - clock_timestamp())::int AS s FROM "${state}".leases`))
          .rows[0].s;
      vi.advanceTimersByTime(5000);
      await vi.waitFor(async () => expect(await left()).toBeGreaterThan(50));
      expect(lost).toEqual([]);
      await pretend("token = token + 1");
      vi.advanceTimersByTime(5000);
      await vi.waitFor(() => expect(lost).toEqual(["LEASE_LOST"]));
      stop();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a unit", () => {
  const hooks = { progress() {}, signal: new AbortController().signal };
  const entry = {
    table: "items",
    key: "id=1",
    column: "v",
    before: 'text "x"',
    after: null,
    rule: "MIXED_CLASSES:null",
  };
  const gone = {
    table: "items",
    key: "id=3",
    row: { id: "integer 3", v: 'text "a\\u0000"' },
    rule: "NUL_IN_TEXT:quarantine",
  };

  it("brings rows, ledger, quarantine and checkpoint together, or none of them", async () => {
    const { pool } = database;
    const plan = smallPlan();
    const [table] = plan.tables;
    if (table === undefined) throw new Error("no table");
    const lease = await acquireLease(pool, state, "public", "run-1");
    const hold = { pool, lease, run: "run-1", plan };
    await createStaging(hold, runRow("run-1", plan), [], never);
    const parts = () => [
      {
        table,
        part: wholeTable,
        snapshot: "",
        batches: [
          [
            ["1", "one"],
            ["2", null],
          ],
        ],
        ledger: [entry],
        quarantine: [gone],
        positions: [],
      },
    ];
    const counts = async () =>
      (
        await pool.query(
          `SELECT (SELECT count(*) FROM rowhaul_staging_1.items)::int AS rows, (SELECT count(*) FROM "${state}".ledger)::int AS ledger,
                  (SELECT count(*) FROM "${state}".quarantine)::int AS quarantine`,
        )
      ).rows[0];
    expect(await loadUnit(hold, "items", parts(), hooks)).toBe(2);
    expect(await counts()).toEqual({ rows: 2, ledger: 1, quarantine: 1 });
    expect(await readCheckpoints(pool, state, "run-1")).toEqual(new Map([["load/items", 2]]));
    // The same unit again meets its checkpoint.
    expect(await codeOf(() => loadUnit(hold, "items", parts(), hooks))).toBe("CONSTRAINT_VIOLATED");
    await pretend("token = token + 1");
    expect(await codeOf(() => loadUnit(hold, "more", parts(), hooks))).toBe("LEASE_LOST");
    expect(await counts()).toEqual({ rows: 2, ledger: 1, quarantine: 1 });
    expect((await readCheckpoints(pool, state, "run-1")).size).toBe(1);
  });
});
