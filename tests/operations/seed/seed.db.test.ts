import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { insertSeed } from "../../../src/operations/seed/seed.ts";
import { type PostgresQuery, postgresSeed } from "../../../src/operations/seed/seed-postgres.ts";
import { useDatabase } from "../../support/database.ts";
import { exportFolder } from "../export-fixture.ts";
import { freshPath } from "../files.ts";

const database = useDatabase();
const signal = new AbortController().signal;

async function planted(path: string): Promise<string> {
  const client = await database.pool.connect();
  const query: PostgresQuery = async (text, values) =>
    (await (values === undefined ? client.query(text) : client.query(text, [...values]))).rows;
  try {
    await client.query("BEGIN");
    const done = await insertSeed(path, postgresSeed("my app", query), signal);
    await client.query("COMMIT");
    return done;
  } catch (thrown) {
    await client.query("ROLLBACK");
    throw thrown;
  } finally {
    client.release();
  }
}

test("rows of an export keep keys and digits, and sequences go on after them", async () => {
  const { pool } = database;
  await pool.query(`CREATE SCHEMA "my app"; CREATE TABLE "my app"."T" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    price numeric, ok boolean, raw bytea, doc jsonb, "when" timestamptz)`);
  const columns = ["id", "price", "ok", "raw", "doc", "when"];
  const lines = [
    '{"id":7,"price":1.10,"ok":1,"raw":{"$bytes":"AP8="},"doc":{"a":1.50},"when":"2024-01-05 10:00:00+00"}',
    '{"id":41,"price":null,"ok":0}',
  ];
  const folder = exportFolder([{ table: "T", columns, lines }], true);
  expect(await planted(folder)).toContain("2 rows of 1 table were put in");
  await pool.query(`INSERT INTO "my app"."T" (price) VALUES (3)`);
  const { rows } = await pool.query(
    `SELECT id::int, price::text, ok, encode(raw, 'hex') AS raw, doc::text, "when" AT TIME ZONE 'UTC' = '2024-01-05 10:00' AS same FROM "my app"."T" ORDER BY id`,
  );
  expect(rows).toEqual([
    { id: 7, price: "1.10", ok: true, raw: "00ff", doc: '{"a": 1.50}', same: true },
    { id: 41, price: null, ok: false, raw: null, doc: null, same: null },
    { id: 42, price: "3", ok: null, raw: null, doc: null, same: null },
  ]);
});

test("a script is executed in the target's schema; a failing one leaves nothing", async () => {
  const { pool } = database;
  await pool.query(`CREATE SCHEMA IF NOT EXISTS "my app"; CREATE TABLE "my app".s (a int PRIMARY KEY)`);
  const path = freshPath("seed.sql");
  writeFileSync(path, "INSERT INTO s VALUES (1);\nINSERT INTO s VALUES (2);\n");
  await planted(path);
  writeFileSync(path, "INSERT INTO s VALUES (3);\nINSERT INTO s VALUES (1);\n");
  await expect(planted(path)).rejects.toMatchObject({ code: "SEED_FAILED" });
  expect((await pool.query(`SELECT array_agg(a ORDER BY a) AS a FROM "my app".s`)).rows).toEqual([{ a: [1, 2] }]);
});
