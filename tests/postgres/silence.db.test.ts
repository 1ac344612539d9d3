/** A network that falls silent is noticed; a server that merely takes its time is not mistaken for it. */
import pg from "pg";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Connection, close } from "../../src/postgres/connection.ts";
import { openPool, openPools } from "../../src/postgres/pool.ts";
import { watchClient } from "../../src/postgres/silence.ts";
import { notePlace, ownBackend, place } from "../../src/postgres/transaction-place.ts";
import { parseTarget } from "../../src/postgres/url.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { type FaultyNetwork, startProxy } from "../support/proxy.ts";

let db: TestDatabase;
let network: FaultyNetwork;

beforeEach(async () => {
  db = await freshDatabase();
  network = await startProxy(db.url);
});
afterEach(async () => {
  await network.stop();
  await db.drop();
});

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (thrown: unknown) => thrown,
  );

it("a statement whose answer cannot come is ended with a reason", async () => {
  const config = { ...parseTarget(network.url).config, connectionTimeoutMillis: 300 } as pg.ClientConfig;
  const client = new Connection(config);
  await client.connect();
  const unwatch = watchClient(client, config, 100);
  const asked = errorOf(client.query("SELECT pg_sleep(60)"));
  network.silence(true);
  expect(await asked).toMatchObject({
    message: "Connection terminated: the server has not answered for 0.6 s",
    code: "ECONNRESET",
  });
  unwatch();
});

it("a statement whose connection alone is dead is ended, while the server answers others", async () => {
  let fallSilent = (): void => {};
  const quiet = await startProxy(db.url, (_, passage) => {
    fallSilent = () => passage.silence();
    return "pass";
  });
  const config = parseTarget(quiet.url).config as pg.ClientConfig;
  const client = new Connection(config);
  await client.connect();
  await client.query("BEGIN");
  await client.query("COMMIT");
  await client.query("BEGIN");
  const { rows } = await client.query(`SELECT ${place} ${ownBackend}`);
  notePlace(client, rows[0]);
  const unwatch = watchClient(client, config, 100);
  fallSilent();
  expect(await errorOf(client.query("SELECT 1"))).toMatchObject({
    message: "Connection terminated: the server waits for what was sent to it, and its answer will not come",
  });
  unwatch();
  await quiet.stop();
});

it("a statement that takes long is left alone, and so is a connection without one", async () => {
  const config = parseTarget(network.url).config as pg.ClientConfig;
  const client = new Connection(config);
  await client.connect();
  notePlace(client, (await client.query(`SELECT ${place} ${ownBackend}`)).rows[0]);
  const unwatch = watchClient(client, config, 50);
  expect((await client.query("SELECT 1 AS one, pg_sleep(1)")).rows).toMatchObject([{ one: 1 }]);
  network.silence(true);
  await new Promise((resolve) => setTimeout(resolve, 700));
  network.silence(false);
  expect((await client.query("SELECT 2 AS two")).rows).toEqual([{ two: 2 }]);
  unwatch();
  await close(client);
});

it("an abort ends what waits, and not what begins after it", async () => {
  const controller = new AbortController();
  const pools = openPools(parseTarget(network.url), 2, controller.signal);
  await pools.work.query("SELECT 1");
  network.silence(true);
  const asked = errorOf(pools.work.query("SELECT 1"));
  controller.abort();
  expect(await asked).toBeInstanceOf(Error);
  network.silence(false);
  expect((await pools.work.query("SELECT 1 AS one, pg_sleep(2)")).rows).toMatchObject([{ one: 1 }]);
  await pools.work.end();
  await pools.control.end();
});

it("a pool does not wait for the farewell of a server that is not heard", async () => {
  const pool = openPool(parseTarget(network.url), 1);
  await pool.query("SELECT 1");
  network.silence(true);
  await pool.end();
  expect(pool.totalCount).toBe(0);
});

it("a connection that is lost between two statements does not end the process", async () => {
  const client = new Connection(parseTarget(db.url).config as pg.ClientConfig);
  await client.connect();
  const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
  await db.pool.query("SELECT pg_terminate_backend($1)", [rows[0].pid]);
  await expect.poll(() => errorOf(client.query("SELECT 1"))).toBeInstanceOf(Error);
  expect(client).toBeInstanceOf(pg.Client);
});
