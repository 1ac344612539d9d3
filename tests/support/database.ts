/** Databases for tests: each test file, or each test, has its own; a file that leaves one behind fails. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import { type Embedded, startEmbedded } from "../../src/embedded/index.ts";
import { afterEachFile } from "./after-file.ts";

export type TestDatabase = {
  readonly url: string;
  readonly pool: pg.Pool;
  /** Ends the pool and removes the database; throws when other connections are still open. */
  readonly drop: () => Promise<void>;
};

/** An empty database on the shared server, or on that of `server`. Whoever calls drops it. */
export async function freshDatabase(server: string = inject("postgresUrl")): Promise<TestDatabase> {
  const name = `test_${process.pid}_${randomBytes(6).toString("hex")}`;
  const template = server === inject("postgresUrl") ? "test_template" : "template0";
  // measured: half the time of wal_log, and the drop an eighth
  await administer(server, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
  const url = withDatabase(server, name);
  const pool = new pg.Pool({ connectionString: url, max: 8 });
  // dropping the database by force may cut a connection that lies idle
  pool.on("error", () => {});
  undropped.add(name);
  return { url, pool, drop: () => drop(server, name, pool) };
}

/**
 * A database for the whole test file. Call it at the top of the file or of a describe block; use it inside tests.
 * Fails the file when it ends with connections open.
 */
export function useDatabase(): Omit<TestDatabase, "drop"> {
  let database: TestDatabase | null = null;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(async () => {
    await database?.drop();
  });
  const ready = () => {
    if (database === null) throw new Error("the database is there only while tests run");
    return database;
  };
  return {
    get url() {
      return ready().url;
    },
    get pool() {
      return ready().pool;
    },
  };
}

/** A temporary server of the system's PostgreSQL 15, or null where it is not installed. Whoever calls stops it. */
export async function debianPostgres15(): Promise<Embedded | null> {
  const bin = "/usr/lib/postgresql/15/bin";
  return existsSync(bin) ? startEmbedded({ directory: "temporary", binaries: { bin } }) : null;
}

async function drop(server: string, name: string, pool: pg.Pool): Promise<void> {
  if (!pool.ended) await pool.end();
  const leaked = await openConnections(server, name);
  await administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  undropped.delete(name);
  if (leaked.length > 0) throw new Error(`connections left open: ${leaked.join("; ")}`);
}

/** Asked for a while: a backend needs a moment to notice that its client has left. */
async function openConnections(server: string, name: string): Promise<string[]> {
  const query = `SELECT pid || ' ' || state || ' after ' || left(query, 80) AS connection FROM pg_stat_activity WHERE datname = '${name}' AND backend_type = 'client backend'`;
  let open: string[] = [];
  for (let i = 0; i < 40; i++) {
    open = (await administer(server, query)).map((row) => String(row.connection));
    if (open.length === 0) break;
    await sleep(25);
  }
  return open;
}

async function administer(server: string, sql: string): Promise<{ connection?: unknown }[]> {
  const client = new pg.Client({ connectionString: withDatabase(server, "postgres") });
  await client.connect();
  try {
    return (await client.query<{ connection?: unknown }>(sql)).rows;
  } finally {
    await client.end();
  }
}

function withDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Of this test file. */
const undropped = new Set<string>();

afterEachFile(() => {
  const left = [...undropped];
  undropped.clear();
  if (left.length > 0) throw new Error(`databases not dropped: ${left.join(", ")}`);
});
