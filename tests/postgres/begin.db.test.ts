/** Connections that the server closes, while they lie idle and while nobody asks anything of one that is in use. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ask, begun } from "../../src/postgres/begin.ts";
import { openPool, type ServerPool } from "../../src/postgres/pool.ts";
import { parseTarget } from "../../src/postgres/url.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

let db: TestDatabase;
let pool: ServerPool;

beforeEach(async () => {
  db = await freshDatabase();
  pool = openPool(parseTarget(db.url, {}), 2);
});
afterEach(async () => {
  await pool.end();
  await db.drop();
});

async function endBackends(): Promise<void> {
  const name = new URL(db.url).pathname.slice(1);
  const { rowCount } = await db.pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()",
    [name],
  );
  expect(rowCount).toBeGreaterThan(0);
  await sleep(200);
}

it("another is taken for one that was ended while it lay idle", async () => {
  await ask(pool, "SELECT 1");
  await endBackends();
  expect((await ask(pool, "SELECT 42 AS n")).rows).toEqual([{ n: 42 }]);
});

it("one that is ended in its transaction, between two queries, ends no process: the next query says so", async () => {
  const client = await begun(pool, "read-write");
  const listeners = client.listenerCount("error");
  await endBackends();
  await expect(client.query("SELECT 1")).rejects.toThrow(/not queryable|terminat/);
  client.release(true);
  // The connection's own, and none that somebody would have to take away again.
  expect(listeners).toBe(1);
  expect((await ask(pool, "SELECT 43 AS n")).rows).toEqual([{ n: 43 }]);
});
