/**
 * DuckDB, which copies from SQLite into PostgreSQL as fast as any: CREATE TABLE … AS SELECT for each table, and then the
 * keys and indexes, which it does not make itself, one after another. It gives no other constraint, default or proof.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { measureProgram } from "./measure.mjs";
import { cpuOfServer } from "./proc.mjs";
import { checkArrived } from "./server.mjs";

const script = fileURLToPath(new URL("duckdb.py", import.meta.url));

export const howToInstall =
  "DuckDB is not installed for --python, so it is left out: pip install duckdb duckdb-extension-sqlite-scanner duckdb-extension-postgres-scanner";

/** Null when that Python has no DuckDB with both extensions. */
export function duckdbVersion(python) {
  const { status, stdout } = spawnSync(python, [script, "--version"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
}

export async function runDuckdb({ server, data, python, folder, signal }, database) {
  mkdirSync(folder);
  const args = [script, data.path, database.url, ...Object.keys(data.tables)];
  const log = join(folder, "errors.log");
  const load = await measureProgram({ command: python, args, cwd: folder, log, server, signal });
  if (load.status !== 0) throw new Error(`it ended with ${load.status}: ${load.errors}`);
  const before = { server: cpuOfServer(server.pid), at: performance.now() };
  const client = await server.connect(database.name);
  try {
    // as much as rowhaul gives them
    await client.query("SET maintenance_work_mem = '256MB'");
    for (const sql of indexes) await client.query(sql);
    for (const table of Object.keys(data.tables)) await client.query(`ANALYZE ${table}`);
  } finally {
    await client.end();
  }
  const finish = (performance.now() - before.at) / 1000;
  await checkArrived(server, database, data);
  const used = load.server + cpuOfServer(server.pid) - before.server;
  return { ...load, load: load.wall, finish, wall: load.wall + finish, server: used };
}

const indexes = [
  "ALTER TABLE events ADD PRIMARY KEY (id)",
  "CREATE INDEX events_user_id ON events(user_id)",
  "CREATE INDEX events_created_at ON events(created_at)",
  "ALTER TABLE kb_entries ADD PRIMARY KEY (id)",
  "CREATE INDEX kb_entries_category ON kb_entries(category)",
];
