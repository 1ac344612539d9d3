/** Thousands of small tables: what a run costs for each of them. With `--dist`, in turns with that build. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { aligned } from "./aligned.mjs";
import { ownDist } from "./options.mjs";
import { unattended, watchRowhaul } from "./rowhaul.mjs";

const tables = 3000;
const most = 0.25;

export async function benchTables({ dist, rounds }, lend) {
  const builds =
    dist === ownDist
      ? [["this build", ownDist]]
      : [
          ["this build", ownDist],
          ["the other", dist],
        ];
  const runs = new Map(builds.map(([name]) => [name, []]));
  for (let round = 1; round <= rounds; round++)
    for (const [name, folder] of builds) {
      const used = await lend(`tables ${name}`, (context, database) => moveTables(context, folder, database));
      runs.get(name).push(used);
      console.error(`round ${round}: ${tables} tables, ${name}: ${used.wall.toFixed(1)} s`);
    }
  return Object.fromEntries([...runs].map(([name, all]) => [name, all.reduce((a, b) => (b.cpu < a.cpu ? b : a))]));
}

async function moveTables(context, dist, { url }) {
  mkdirSync(context.folder, { recursive: true });
  const file = join(context.folder, "tables.db");
  if (!existsSync(file)) makeTables(file);
  const { used } = await watchRowhaul(context, [join(dist, "cli/main.js"), "copy", file, url, ...unattended]);
  return { wall: used.wall, cpu: used.client + used.server, client: used.client, server: used.server };
}

function makeTables(file) {
  const db = new Database(file);
  db.exec("BEGIN");
  for (let i = 0; i < tables; i++) {
    db.exec(`CREATE TABLE t${i} (id INTEGER PRIMARY KEY, name TEXT NOT NULL, value REAL, made TEXT)`);
    const insert = db.prepare(`INSERT INTO t${i} VALUES (?, ?, ?, ?)`);
    for (let row = 1; row <= 3; row++) insert.run(row, `name ${row}`, row * 1.5, `2024-01-0${row} 10:00:00`);
  }
  db.exec("COMMIT");
  db.close();
}

export function tablesReport(found) {
  const lines = Object.entries(found).map(([name, { wall, client, server }]) => [
    name,
    ...[wall, client, server].map((seconds) => `${seconds.toFixed(1)} s`),
  ]);
  return aligned([[`${tables} small tables`, "wall", "CPU client", "CPU server"], ...lines]);
}

export function tablesBars(found) {
  const text = `${tables} small tables in a quarter of the other build's time`;
  const [own, other] = Object.values(found);
  if (other === undefined) return [{ text, figure: "no other build given (--dist)", passed: null }];
  const [cpu, wall] = [own.cpu / other.cpu, own.wall / other.wall];
  return [{ text, figure: `${cpu.toFixed(2)} × its CPU, ${wall.toFixed(2)} × its wall time`, passed: cpu <= most }];
}
