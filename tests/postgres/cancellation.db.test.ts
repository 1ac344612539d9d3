/** What an abort ends on the server, straight and behind a pooler: at once, and nothing but what is ours. */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cancelOnAbort } from "../../src/postgres/cancellation.ts";
import { openPools, type Pool } from "../../src/postgres/pool.ts";
import { inTransaction } from "../../src/postgres/transaction.ts";
import { parseTarget } from "../../src/postgres/url.ts";
import { CopyIn } from "../../src/targets/postgres/copy/copy-in.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { type Bouncer, pgbouncer, startBouncer } from "../support/pgbouncer.ts";

const stopped = new Error("stopped");
/** Two seconds are promised; a busy machine gets more, and what is stopped would take a minute and longer. */
const limitMs = 10_000;

let db: TestDatabase;
let bouncer: Bouncer | null = null;
let pools: { work: Pool; control: Pool } | null = null;

beforeEach(async () => {
  db = await freshDatabase();
});
afterEach(async () => {
  await pools?.work.end();
  await pools?.control.end();
  await bouncer?.stop();
  [pools, bouncer] = [null, null];
  await db.drop();
});

async function connect(way: string, connections = 4): Promise<Pool> {
  if (way === "through PgBouncer") bouncer = await startBouncer(db.url, connections);
  pools = openPools(parseTarget(bouncer?.url ?? db.url, {}), 2);
  return pools.work;
}

/** Statements of ours that the server is at, but for the one that asks. */
async function underWay(like: string): Promise<string[]> {
  const { rows } = await db.pool.query(
    `SELECT query FROM pg_stat_activity
      WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid() AND query LIKE $1`,
    [`%${like}%`],
  );
  return rows.map((row: { query: string }) => row.query);
}

async function until(condition: () => Promise<boolean>, patience = 10_000): Promise<boolean> {
  for (const end = Date.now() + patience; Date.now() < end; await sleep(20)) if (await condition()) return true;
  return false;
}

/** Starts it, waits until the server is at it, aborts, and says what was thrown and whether all ended in time. */
async function stop(
  pool: Pool,
  like: string,
  work: (client: pg.PoolClient, signal: AbortSignal) => Promise<unknown>,
): Promise<{ thrown: unknown; here: boolean; there: boolean }> {
  const controller = new AbortController();
  const { signal } = controller;
  const done = inTransaction(pool, "working", (client) => work(client, signal), { signal }).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(await until(async () => (await underWay(like)).length > 0)).toBe(true);
  const started = Date.now();
  controller.abort(stopped);
  const thrown = await done;
  const here = Date.now() - started < limitMs;
  const there = await until(async () => (await underWay(like)).length === 0, limitMs - (Date.now() - started));
  return { thrown, here, there };
}

const ended = { thrown: stopped, here: true, there: true };

const ways = [
  { way: "straight", missing: false },
  { way: "through PgBouncer", missing: pgbouncer === null },
];

for (const { way, missing } of ways)
  describe.skipIf(missing)(`${way}, an abort ends`, () => {
    it("CREATE INDEX", async () => {
      const pool = await connect(way);
      await db.pool.query(
        `CREATE FUNCTION slow(v int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.1); RETURN v; END $$;
       CREATE TABLE t AS SELECT generate_series(1, 1000) AS v`,
      );
      expect(
        await stop(pool, "CREATE INDEX", (client) => client.query("CREATE INDEX ON public.t (public.slow(v))")),
      ).toEqual(ended);
      expect(
        (await db.pool.query("SELECT count(*)::int AS n FROM pg_index WHERE indrelid = 't'::regclass")).rows,
      ).toEqual([{ n: 0 }]);
    });

    it("a COPY IN that the server is busy with", async () => {
      const pool = await connect(way);
      await db.pool.query(
        `CREATE TABLE t (v int);
       CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;
       CREATE TRIGGER wait BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION wait()`,
      );
      const work = async (client: pg.PoolClient): Promise<void> => {
        const copy = client.query(new CopyIn("COPY public.t FROM STDIN"));
        await copy.begin();
        await copy.write(Buffer.from("1\n"));
        await copy.end();
      };
      expect(await stop(pool, "COPY", work)).toEqual(ended);
      expect((await db.pool.query("SELECT * FROM t")).rows).toEqual([]);
    });

    it("a COPY IN that waits for rows, by closing its connection", async () => {
      const pool = await connect(way);
      await db.pool.query("CREATE TABLE t (v int)");
      const work = async (client: pg.PoolClient): Promise<void> => {
        const copy = client.query(new CopyIn("COPY public.t FROM STDIN"));
        await copy.begin();
        await copy.write(Buffer.from("1\n"));
        // Nobody here hears the signal: what ends this is the connection.
        await once(streamOf(client), "close");
        await copy.write(Buffer.from("2\n"));
      };
      expect(await stop(pool, "COPY", work)).toEqual(ended);
      expect((await db.pool.query("SELECT * FROM t")).rows).toEqual([]);
    });

    it("a COPY OUT whose rows nobody reads", async () => {
      const pool = await connect(way);
      const work = async (client: pg.PoolClient): Promise<void> => {
        const stream = client.query(
          copyTo("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 100000000)) TO STDOUT"),
        );
        stream.on("error", () => {});
        await once(streamOf(client), "close");
        throw new Error("closed");
      };
      expect(await stop(pool, "COPY", work)).toEqual(ended);
    });

    it("a COPY OUT that is read", async () => {
      const pool = await connect(way);
      const work = async (client: pg.PoolClient): Promise<void> => {
        const rows = client.query(copyTo("COPY (SELECT pg_sleep(0.01) FROM generate_series(1, 100000)) TO STDOUT"));
        for await (const _ of rows);
      };
      expect(await stop(pool, "COPY", work)).toEqual(ended);
    });

    it("a statement that waits for a lock", async () => {
      const pool = await connect(way);
      await db.pool.query("CREATE TABLE t (v int)");
      const holder = await db.pool.connect();
      await holder.query("BEGIN; LOCK TABLE t");
      expect(await stop(pool, "UPDATE", (client) => client.query("UPDATE public.t SET v = 1"))).toEqual(ended);
      await holder.query("ROLLBACK");
      holder.release();
    });
  });

describe("an abort", () => {
  it("before it begins keeps the work from being begun", async () => {
    const pool = await connect("straight");
    let begun = false;
    const work = async (): Promise<void> => {
      begun = true;
    };
    await expect(inTransaction(pool, "working", work, { signal: AbortSignal.abort(stopped) })).rejects.toBe(stopped);
    expect(begun).toBe(false);
  });

  it("during the work keeps what was done from being committed", async () => {
    const pool = await connect("straight");
    await db.pool.query("CREATE TABLE t (v int)");
    const controller = new AbortController();
    const work = async (client: pg.PoolClient): Promise<void> => {
      await client.query("INSERT INTO public.t VALUES (1)");
      controller.abort(stopped);
    };
    await expect(inTransaction(pool, "working", work, { signal: controller.signal })).rejects.toBe(stopped);
    expect((await db.pool.query("SELECT * FROM t")).rows).toEqual([]);
  });

  it.skipIf(pgbouncer === null)("leaves alone whoever has the backend next", async () => {
    await connect("through PgBouncer", 1);
    const url = bouncer?.url ?? "";
    const [ours, theirs] = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })];
    for (const client of [ours, theirs]) {
      client.on("error", () => {});
      await client.connect();
    }
    const backend = async (client: pg.Client): Promise<unknown> =>
      (await client.query("SELECT pg_backend_pid() AS pid")).rows[0].pid;
    const controller = new AbortController();
    await ours.query("BEGIN");
    const first = await backend(ours);
    // Over the server's own address: the pooler's one connection is taken.
    await cancelOnAbort(db.pool, ours, controller.signal);
    await ours.query("COMMIT");
    await theirs.query("BEGIN");
    expect(await backend(theirs)).toBe(first);
    const sleeping = theirs.query("SELECT pg_sleep(2)");
    controller.abort(stopped);
    await expect(sleeping).resolves.toMatchObject({ rowCount: 1 });
    expect(await backend(theirs)).toBe(first);
    await theirs.query("COMMIT");
    await theirs.end();
  });
});

function streamOf(client: pg.ClientBase): NodeJS.EventEmitter {
  return (client as unknown as { connection: { stream: NodeJS.EventEmitter } }).connection.stream;
}
