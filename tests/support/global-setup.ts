/**
 * Once per run of the database tests: builds dist, so that tests can run the
 * command line, and starts the one PostgreSQL that all of them share.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { type Embedded, embeddedStatus, startEmbedded } from "../../src/embedded/index.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The shared server, as its superuser. Tests take a database of their own: see database.ts. */
    postgresUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const build = fileURLToPath(new URL("../../scripts/build.mjs", import.meta.url));
  execFileSync(process.execPath, [build, "--no-check"], { stdio: "inherit" });
  const server = await startEmbedded({ directory: "temporary", settings: { max_connections: "300" } });
  await run(server, "CREATE DATABASE test_template TEMPLATE template0");
  project.provide("postgresUrl", server.url);
  return async () => {
    const left = await leftBehind(server).finally(() => server.stop());
    if ((await embeddedStatus(server.directory)).running) left.push(`a server in ${server.directory}`);
    if (existsSync(server.directory)) left.push(server.directory);
    if (left.length > 0) throw new Error(`The tests left behind: ${left.join(", ")}`);
  };
}

async function leftBehind(server: Embedded): Promise<string[]> {
  const rows = await run(
    server,
    `SELECT 'database ' || datname AS found FROM pg_database
      WHERE NOT datistemplate AND datname NOT IN ('postgres', 'rowhaul', 'test_template')
     UNION ALL
     SELECT 'role ' || rolname FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres'
     UNION ALL
     SELECT 'connection ' || coalesce(nullif(application_name, ''), 'to ' || datname) FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
  );
  return rows.map((row) => String(row.found));
}

async function run(server: Embedded, sql: string): Promise<{ found?: unknown }[]> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query<{ found?: unknown }>(sql)).rows;
  } finally {
    await client.end();
  }
}
