/**
 * The benchmark: rowhaul, pgloader, DuckDB and the server's own floor move the same
 * database into the same PostgreSQL, one after another. `npm run bench -- --help`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { judge } from "./bars.mjs";
import { cache, dataset } from "./dataset.mjs";
import { duckdbVersion, howToInstall as howToInstallDuckdb, runDuckdb } from "./duckdb.mjs";
import { prepareFloor, runFloor } from "./floor.mjs";
import { benchInto, intoBars, intoReport } from "./into.mjs";
import { benchJson, jsonReport } from "./json/main.mjs";
import { benchValues, valuesBars } from "./large-values.mjs";
import { benchTables, tablesBars, tablesReport } from "./many-tables.mjs";
import { medianOf } from "./median.mjs";
import { readOptions, usage } from "./options.mjs";
import { howToInstall, pgloaderVersion, runPgloader, variants } from "./pgloader.mjs";
import { barLines, competitorsTable, phasesTable } from "./report.mjs";
import { runRowhaul } from "./rowhaul.mjs";
import { startServer } from "./server.mjs";

const options = commandLine();
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => interrupted.abort(new Error(signal)));
if (options !== null) await bench(options);

async function bench(options) {
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const work = mkdtempSync(join(cache, "run-"));
  let server = null;
  try {
    server = await startServer(options.dist);
    const context = { server, dist: options.dist, signal: interrupted.signal };
    const { only } = options;
    const moved = ["rowhaul", "pgloader", "duckdb", "floor"].some((name) => only.has(name))
      ? await benchMoves(options, context, work)
      : null;
    const json = only.has("json") ? await benchJson(options, lender(context, join(work, "json"))) : null;
    if (json !== null) console.log(`\n${jsonReport(json)}`);
    const into = only.has("into") ? await benchInto(options, lender(context, join(work, "into"))) : null;
    if (into !== null) console.log(`\n${intoReport(into)}`);
    const tables = only.has("tables") ? await benchTables(options, lender(context, join(work, "tables"))) : null;
    if (tables !== null) console.log(`\n${tablesReport(tables)}`);
    const values = only.has("values") ? await benchValues(options, lender(context, join(work, "values"))) : null;
    conclude(options, server, { moved, json, into, tables, values });
  } catch (thrown) {
    if (!interrupted.signal.aborted) throw thrown;
    console.error("interrupted");
    process.exitCode = 130;
  } finally {
    await server?.stop();
    if (options.keep) console.log(`kept: ${work}`);
    else rmSync(work, { recursive: true, force: true });
  }
}

async function benchMoves(options, { server, ...shared }, work) {
  const data = dataset(options.rows);
  const context = { ...shared, server, data };
  const lend = lender(context, work);
  const pgloader = options.only.has("pgloader") ? pgloaderVersion() : null;
  if (options.only.has("pgloader") && pgloader === null) console.log(howToInstall);
  const duckdb = options.only.has("duckdb") ? duckdbVersion(options.python) : null;
  if (options.only.has("duckdb") && duckdb === null) console.log(howToInstallDuckdb);
  const there = { pgloader: pgloader !== null, duckdb: duckdb !== null };
  const results = await runAll(await competitors(options, lend, there), options.rounds);
  const doubled = await doubledRun(options, context, lend);
  return summarise(options, { data, results, doubled, pgloader, duckdb });
}

/** `lend(name, work)`: work with an empty database and a folder, both new; the folder is kept until the end, for its logs. */
function lender(context, work) {
  let count = 0;
  return (name, run, more = {}) => {
    interrupted.signal.throwIfAborted();
    const database = `bench_${++count}`;
    const folder = join(work, `${count}-${name.replace(/[^a-z0-9]+/g, "-")}`);
    return context.server.lend(database, (lent) => run({ ...context, ...more, folder }, lent));
  };
}

/** By name, a function that runs it once and returns its figures. */
async function competitors({ only, python }, lend, there) {
  const all = {};
  // Made first: this run also brings the file into memory, so that nobody has to read it from disk.
  const prepared = only.has("floor") ? await lend("floor-files", prepareFloor) : null;
  if (only.has("rowhaul")) all.rowhaul = () => lend("rowhaul", runRowhaul);
  if (there.duckdb) all.duckdb = () => lend("duckdb", runDuckdb, { python });
  if (there.pgloader) {
    for (const [name, more] of Object.entries(variants))
      all[name] = () => lend(name, (context, database) => runPgloader(context, database, more));
  }
  if (prepared !== null) {
    for (const [name, connections] of Object.entries({ "floor, 1 connection": 1, "floor, 2 connections": 2 }))
      all[name] = () => lend(name, (context, database) => runFloor(context, database, prepared, connections));
  }
  return all;
}

/** In turns, so that a slow minute of the machine hits all of them. One that fails is left out of the later rounds. */
async function runAll(all, rounds) {
  const results = new Map(Object.keys(all).map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [name, run] of Object.entries(all)) {
      if (!results.has(name)) continue;
      try {
        const figures = await run();
        results.get(name).push(figures);
        console.error(`round ${round}: ${name} ${figures.wall.toFixed(1)} s`);
      } catch (thrown) {
        if (interrupted.signal.aborted || name === "rowhaul") throw thrown;
        results.delete(name);
        console.error(`round ${round}: ${name} failed: ${thrown.message}`);
      }
    }
  }
  return results;
}

async function doubledRun({ only, memory, rows }, context, lend) {
  if (!memory || !only.has("rowhaul")) return null;
  console.error(`rowhaul on ${(2 * rows).toLocaleString("en-US")} rows, for its memory`);
  return lend("rowhaul-doubled", runRowhaul, { ...context, data: dataset(2 * rows) });
}

function summarise(options, { data, results, doubled, pgloader, duckdb }) {
  const medians = [...results].map(([name, runs]) => [name, medianOf(runs)]);
  const figures = new Map(medians);
  const rowhaul = figures.get("rowhaul") ?? null;
  const bars = judge({
    rowhaul,
    doubled,
    pgloader: Object.keys(variants).flatMap((name) => figures.get(name) ?? []),
    duckdb: figures.get("duckdb") ?? null,
    floor: [...figures].flatMap(([name, found]) => (name.startsWith("floor") ? [found] : [])),
    rows: options.rows,
  });
  const rows = Object.entries(data.tables).map(([name, count]) => `${name} ${count.toLocaleString("en-US")}`);
  console.log(`\n${rows.join(", ")} rows; ${(data.bytes / 1e6).toFixed(0)} MB\n`);
  console.log(competitorsTable(medians, rowhaul));
  if (rowhaul !== null) console.log(`\n${phasesTable(rowhaul)}`);
  return {
    tables: data.tables,
    bytes: data.bytes,
    medians: Object.fromEntries(medians),
    doubled,
    bars,
    runs: Object.fromEntries(results),
    pgloader,
    duckdb,
  };
}

/** The machine and all bars, last; what was not measured is null. */
function conclude(options, server, { moved, json, into, tables, values }) {
  const machine = {
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    node: process.version,
    postgres: server.version,
    pgloader: moved?.pgloader ?? null,
    duckdb: moved?.duckdb ?? null,
  };
  const { cores, node, postgres, pgloader, duckdb } = machine;
  const others = Object.entries({ pgloader, DuckDB: duckdb }).filter(([, version]) => version !== null);
  const tools = [`PostgreSQL ${postgres}`, `Node ${node}`, ...others.map((one) => one.join(" "))];
  console.log(`\n${tools.join(", ")}; ${cores} × ${machine.processor}; medians of ${options.rounds} round(s)`);
  const bars = [
    ...(moved?.bars ?? []),
    ...(json?.bars ?? []),
    ...(into === null ? [] : intoBars(into)),
    ...(tables === null ? [] : tablesBars(tables)),
    ...(values === null ? [] : valuesBars(values)),
  ];
  console.log(`\n${barLines(bars)}`);
  if (options.json !== null) {
    const report = { machine, ...moved, json, into, tables, values, bars };
    writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  if (bars.some((bar) => bar.passed === false)) process.exitCode = 1;
}

/** Null when there is nothing to run. */
function commandLine() {
  try {
    const options = readOptions(process.argv.slice(2));
    if (!options.help) return options;
    console.log(usage);
  } catch (thrown) {
    console.error(`${thrown.message}\n\n${usage}`);
    process.exitCode = 1;
  }
  return null;
}
