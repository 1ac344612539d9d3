import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Embedded } from "../../src/embedded/index.ts";
import { debianPostgres15, freshDatabase, useDatabase } from "./database.ts";

describe("a database of the file's own", () => {
  const database = useDatabase();

  it("is UTF-8, sorts by code point and knows letters beyond ASCII", async () => {
    const { rows } = await database.pool.query(
      `SELECT pg_encoding_to_char(encoding) AS encoding, datlocprovider AS provider, datlocale AS locale, upper('é') AS upper
         FROM pg_database WHERE datname = current_database()`,
    );
    expect(rows).toEqual([{ encoding: "UTF8", provider: "b", locale: "C.UTF-8", upper: "É" }]);
  });

  it("is not shared", async () => {
    const other = await freshDatabase();
    await database.pool.query("CREATE TABLE here (id int)");
    const { rows } = await other.pool.query("SELECT to_regclass('here') AS found");
    expect(rows).toEqual([{ found: null }]);
    expect(other.url).not.toBe(database.url);
    await other.drop();
  });

  it("tells of a connection left open, and is dropped all the same", async () => {
    const other = await freshDatabase();
    const { default: pg } = await import("pg");
    const client = new pg.Client({ connectionString: other.url });
    client.on("error", () => {});
    await client.connect();
    await client.query("SELECT 'forgotten'");
    await expect(other.drop()).rejects.toThrow(/connections left open: .*forgotten/);
    const { rows } = await database.pool.query("SELECT FROM pg_database WHERE datname = $1", [
      new URL(other.url).pathname.slice(1),
    ]);
    expect(rows).toHaveLength(0);
  });
});

describe("PostgreSQL 15", () => {
  let server: Embedded | null = null;
  beforeAll(async () => {
    server = await debianPostgres15();
  });
  afterAll(() => server?.stop());

  it("takes databases too, where the system has it", async ({ skip }) => {
    if (server === null) return skip("PostgreSQL 15 is not installed");
    const database = await freshDatabase(server.url);
    const { rows } = await database.pool.query("SELECT current_setting('server_version_num')::int / 10000 AS major");
    await database.drop();
    expect(rows).toEqual([{ major: 15 }]);
    expect(server.version).toMatch(/^15\./);
  });
});
