/**
 * The search benchmark: moves a database with FTS5 tables into PostgreSQL, and asks FTS5 and each server
 * the same queries side by side. `npm run bench:search -- --help`.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { buildIndex, writeRows } from "./search/building.mjs";
import { compareTable } from "./search/compare.mjs";
import { readOptions, usage } from "./search/options.mjs";
import { buildingTable, classesTable, differenceLines, exclusionLines, writingTable } from "./search/report.mjs";
import { loadRowhaul } from "./search/rowhaul.mjs";
import { startServers } from "./search/servers.mjs";

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => interrupted.abort(new Error(signal)));
const options = commandLine();
if (options !== null) await bench(options);

async function bench(options) {
  const rowhaul = await loadRowhaul(options.dist);
  const work = mkdtempSync(join(tmpdir(), "rowhaul-bench-search-"));
  const cleanups = [() => rmSync(work, { recursive: true, force: true })];
  const { signal } = interrupted;
  try {
    const started = (stop) => cleanups.unshift(stop);
    const servers = await startServers(rowhaul, options, { work, signal, started });
    const source = rowhaul.openSource(options.path);
    cleanups.unshift(() => source.close());
    heading(options, servers);
    await report(rowhaul, { options, servers, source, work, signal });
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    console.error("interrupted");
    process.exitCode = 130;
  } finally {
    for (const cleanup of cleanups) await cleanup();
  }
}

async function report(rowhaul, { options, servers, source, work, signal }) {
  const of = servers.map(({ plan, schema }) => rowhaul.indexesOf(plan, schema, plan.search));
  const compared = [];
  for (const [n] of of[0].entries()) {
    const indexes = of.map((found) => found[n]);
    console.error(`asking ${indexes[0].table.source}`);
    const figures = await compareTable(rowhaul, { source, servers, indexes, options, signal });
    compared.push(figures);
    for (const [i, { name }] of servers.entries()) show(figures, i, name);
  }
  const building = [];
  const writing = [];
  for (const [i, server] of servers.entries()) {
    for (const index of of[i].filter(({ content }) => content !== null)) {
      const place = { table: index.table.source, server: server.name };
      console.error(`building ${place.table} in ${place.server}`);
      const context = { index, server, path: options.path, work, signal };
      building.push({ ...place, ...(await buildIndex(rowhaul, context)) });
      writing.push({ ...place, ...(await writeRows(rowhaul, context)) });
    }
  }
  console.log(`\n${buildingTable(building)}\n\n${writingTable(writing)}`);
  if (options.json !== null)
    writeFileSync(options.json, `${JSON.stringify(figuresOf(compared, building, writing), null, 2)}\n`);
  if (compared.some(({ differing }) => differing.some(isWrong))) process.exitCode = 1;
}

/** Rows or their order; a score that is another in its last bit is shown, and no failure. */
function isWrong({ sets, order10 }) {
  return !sets || !order10;
}

function heading({ path, queries, timed, seed }, servers) {
  const versions = servers.map(({ version }) => `PostgreSQL ${version}`).join(", ");
  console.log(`${path}; ${queries} queries of each class, ${timed} of them timed, seed ${seed}`);
  console.log(`${versions}, Node ${process.version}; ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`);
  for (const { name, phases } of servers)
    console.log(
      `${name}: ${Object.entries(phases)
        .map(([phase, seconds]) => `${phase} ${seconds.toFixed(1)} s`)
        .join(", ")}`,
    );
}

function show({ table, classes, differing }, i, server) {
  console.log(
    `\n${table}, FTS5 and ${server} (milliseconds of the first 50 rows: median / 95th of 100)\n${classesTable(classes, i)}`,
  );
  const here = differing.filter((one) => one.server === server);
  for (const line of [...exclusionLines(classes, i), ...differenceLines(here)]) console.log(line);
}

function figuresOf(compared, building, writing) {
  const tables = compared.map(({ table, classes, differing }) => ({
    table,
    classes: Object.fromEntries(classes),
    differing,
  }));
  return { tables, building, writing };
}

/** Null when there is nothing to run. */
function commandLine() {
  try {
    const read = readOptions(process.argv.slice(2));
    if (!read.help) return read;
    console.log(usage);
  } catch (thrown) {
    console.error(`${thrown.message}\n\n${usage}`);
    process.exitCode = 1;
  }
  return null;
}
