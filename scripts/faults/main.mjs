/**
 * Breaks runs on purpose, some hundred times in some ten ways, and looks at what stands afterwards with readers of its
 * own. `npm run faults -- --help`.
 */
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryFolder } from "../memory-folder.mjs";
import { runCase } from "./case.mjs";
import { startCluster } from "./cluster.mjs";
import { backend } from "./kinds/backend.mjs";
import { disk, unmountAll } from "./kinds/disk.mjs";
import { flip } from "./kinds/flip.mjs";
import { kill } from "./kinds/kill.mjs";
import { network } from "./kinds/network.mjs";
import { pooler } from "./kinds/pooler.mjs";
import { race } from "./kinds/race.mjs";
import { server } from "./kinds/server.mjs";
import { signal } from "./kinds/signal.mjs";
import { measure } from "./moments.mjs";
import { readOptions, usage } from "./options.mjs";
import { Place } from "./place.mjs";
import { startProxy } from "./proxy.mjs";
import { coverageTable, failureText, kindsTable } from "./table.mjs";

const kinds = [kill, server, backend, signal, network, disk, race, flip, pooler];
const options = commandLine();
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => stop.abort());
if (!existsSync("/proc/self/stat")) console.log("skipped: what a process is at is read from Linux's /proc");
else if (options !== null) await breakThings(options);

async function breakThings(options) {
  process.env.TMPDIR = memoryFolder() ?? tmpdir();
  const root = mkdtempSync(join(tmpdir(), "rowhaul-faults-work-"));
  chmodSync(root, 0o755);
  const chosen = kinds.filter(({ name }) => options.only.has(name));
  const cases = casesOf(chosen, options);
  const outcomes = [];
  const measured = measurements();
  const started = Date.now();
  try {
    const next = cases[Symbol.iterator]();
    const count = Math.min(options.workers, cases.length);
    await Promise.all(
      Array.from({ length: count }, (_, i) =>
        work(join(root, `worker-${i}`), next, measured, outcomes, options, cases.length),
      ),
    );
  } finally {
    unmountAll();
    rmSync(root, { recursive: true, force: true });
  }
  report(chosen, outcomes, options, (Date.now() - started) / 1000);
}

/** Spread over the kinds, so that what has been done when somebody stops it is some of each. */
function casesOf(chosen, { dose, count, case: one }) {
  const cases = chosen
    .filter(({ skipped }) => !skipped)
    .flatMap((kind) => {
      if (one !== null) return [{ kind, number: one, at: 0 }];
      const total = count ?? Math.max(1, Math.round(kind.count * dose));
      return Array.from({ length: total }, (_, number) => ({ kind, number, at: (number + 0.5) / total }));
    });
  return cases.sort((a, b) => a.at - b.at);
}

/** Each scenario is measured once, by whoever needs it first. */
function measurements() {
  const known = new Map();
  return (worker, scenario) => {
    const key = `${worker.place.name} ${scenario.name}`;
    if (!known.has(key)) known.set(key, measure(worker.place, worker.proxy, scenario));
    return known.get(key);
  };
}

async function work(folder, next, measured, outcomes, { dist, seed }, total) {
  const cluster = await startCluster(dist);
  const proxy = await startProxy(cluster.port);
  const place = new Place({ folder, cluster, dist, port: proxy.port });
  const worker = { cluster, proxy, place, dist, stops: [] };
  try {
    for (const { kind, number } of next) {
      if (stop.signal.aborted) break;
      const at = kind.at === undefined ? worker : await kind.at(worker);
      const outcome = await runCase(at, kind, number, seed, measured);
      outcomes.push(outcome);
      const told = outcome.problems.length === 0 ? "ok" : "FAILED";
      const notes = outcome.notes.length === 0 ? "" : ` [${outcome.notes.join("; ")}]`;
      console.error(
        `${outcomes.length}/${total} ${told} ${kind.name} ${number}: ${outcome.scenario}; ${outcome.fault ?? outcome.moment}; exit ${outcome.exit} ${outcome.code ?? ""}${notes} ${outcome.seconds.toFixed(1)} s`,
      );
      if (outcome.problems.length > 0) console.error(failureText(outcome, seed));
    }
  } finally {
    for (const end of worker.stops) await end();
    await proxy.stop();
    await cluster.ensureRunning().catch(() => {});
    await cluster.stop();
  }
}

function report(chosen, outcomes, { seed, json }, seconds) {
  const failures = outcomes.filter(({ problems }) => problems.length > 0);
  console.log(`\n${kindsTable(chosen, outcomes)}\n\n${coverageTable(outcomes)}`);
  console.log(`${outcomes.length} cases in ${Math.round(seconds / 60)} min, seed ${seed}`);
  for (const outcome of failures) console.log(`\n${failureText(outcome, seed)}`);
  if (json !== null) writeFileSync(json, `${JSON.stringify(outcomes, null, 1)}\n`);
  if (stop.signal.aborted) process.exitCode = 130;
  else if (failures.length > 0) process.exitCode = 1;
}

/** Null when there is nothing to run. */
function commandLine() {
  try {
    const read = readOptions(
      process.argv.slice(2),
      kinds.map(({ name }) => name),
    );
    if (!read.help) return read;
    console.log(usage);
  } catch (thrown) {
    console.error(`${thrown.message}\n\n${usage}`);
    process.exitCode = 1;
  }
  return null;
}
