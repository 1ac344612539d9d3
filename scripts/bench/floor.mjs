/**
 * The floor: what the server itself needs for these rows. It reads them from a
 * file of its own, in the form it takes fastest, into tables made as rowhaul
 * makes them, and then takes the same finishing steps. No client can be faster.
 */
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { measureProgram } from "./measure.mjs";
import { cpuOfServer } from "./proc.mjs";

/** As rowhaul's finish sets it. */
const indexMemory = "SET LOCAL maintenance_work_mem = '256MB'";

/** Loads the rows once, without hurry, and has the server write them to files, as many a table as rowhaul cuts units. */
export async function prepareFloor({ server, data, dist, folder, signal }, database) {
  mkdirSync(folder);
  const log = join(folder, "errors.log");
  const args = [fileURLToPath(new URL("rowhaul-child.mjs", import.meta.url)), dist, data.path, database.url, "load"];
  const { status, errors } = await measureProgram({
    command: process.execPath,
    args,
    cwd: folder,
    log,
    server,
    signal,
  });
  if (status !== 0) throw new Error(`loading for the floor ended with ${status}: ${errors}`);
  const plan = readPlan(folder);
  const client = await server.connect(database.name);
  try {
    const { rows } = await client.query("SHOW data_directory");
    const files = [];
    for (const table of plan.tables) files.push(...(await writeFiles(client, plan, table, rows[0].data_directory)));
    return { plan, files, begin: "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '30s'" };
  } finally {
    await client.end();
  }
}

export async function runFloor({ server }, database, { plan, files, begin }, connections) {
  const clients = await Promise.all(Array.from({ length: connections }, () => server.connect(database.name)));
  const each = (jobs) => shareOut(clients, jobs);
  const step = (sql) => (client) => client.query(`${begin}; ${indexMemory}; ${sql}; COMMIT`);
  try {
    await clients[0].query(`CREATE SCHEMA ${quote(plan.target.staging)}`);
    for (const table of plan.tables) await clients[0].query(table.create);
    const before = { server: cpuOfServer(server.pid), at: performance.now() };
    await each(files.map((file) => (client) => client.query(`${begin}; ${file.copy}; COMMIT`)));
    const loaded = performance.now();
    const { tables, references } = finishSteps(plan);
    await each(
      tables.map((own) => async (client) => {
        for (const sql of own) await step(sql)(client);
      }),
    );
    for (const sql of references) await step(sql)(clients[0]);
    const ended = performance.now();
    return {
      wall: (ended - before.at) / 1000,
      load: (loaded - before.at) / 1000,
      finish: (ended - loaded) / 1000,
      client: Number.NaN,
      server: cpuOfServer(server.pid) - before.server,
      megabytes: Number.NaN,
    };
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
  }
}

/** The order of rowhaul's finish: each table's keys and indexes, then its statistics; foreign keys last. */
function finishSteps(plan) {
  const sqlOf = (table, stage) => table.finish.filter((step) => step.stage === stage).map((step) => step.sql);
  return {
    tables: plan.tables.map((table) => [...sqlOf(table, "keys"), `ANALYZE ${nameOf(plan, table)}`]),
    references: plan.tables.flatMap((table) => sqlOf(table, "references")),
  };
}

/** Each client takes the next job when it is free, as rowhaul's connections do. */
async function shareOut(clients, jobs) {
  const waiting = [...jobs];
  const work = async (client) => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await job(client);
  };
  await Promise.all(clients.map(work));
}

/** Cut by pages, since the target need not have a column for SQLite's rowid. In the data directory: the server can write there. */
async function writeFiles(client, plan, table, directory) {
  const columns = table.columns.filter((column) => !column.computed).map((column) => quote(column.target));
  const name = nameOf(plan, table);
  const count = plan.units.filter((unit) => unit.parts.some((part) => part.table === table.source)).length;
  const { rows } = await client.query("SELECT pg_relation_size($1) / 8192 AS pages", [name]);
  const edge = (i) => `'(${Math.floor((Number(rows[0].pages) * i) / count)},0)'::tid`;
  const files = [];
  for (let i = 0; i < count; i++) {
    const path = client.escapeLiteral(join(directory, `bench-${table.target}-${i}.copy`));
    const upper = i + 1 < count ? ` AND ctid < ${edge(i + 1)}` : "";
    await client.query(
      `COPY (SELECT ${columns.join(", ")} FROM ${name} WHERE ctid >= ${edge(i)}${upper}) TO ${path} (FORMAT binary)`,
    );
    files.push({ copy: `COPY ${name} (${columns.join(", ")}) FROM ${path} (FORMAT binary)` });
  }
  return files;
}

function readPlan(folder) {
  const root = join(folder, ".rowhaul");
  const path = readdirSync(root, { recursive: true }).find((name) => name.endsWith("plan.json"));
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}

function nameOf(plan, table) {
  return `${quote(plan.target.staging)}.${quote(table.target)}`;
}

function quote(name) {
  return `"${name.replaceAll('"', '""')}"`;
}
