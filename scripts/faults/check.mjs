/**
 * What must hold after a fault, whatever it was: rows exact, files and schema on the same side, nothing left in the
 * server, an exit status that tells the truth, and a rerun that ends well.
 */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { groupMembers } from "./cluster.mjs";

/**
 * What stands there, held against what may: `rows` and `settings` are `from` (as before the command), `to` (as it is to
 * be), `both` where these are the same, or what else was found.
 */
export async function stateOfCase(place, scenario, expected = scenario) {
  let rows;
  let found = null;
  try {
    found = await place.rows(scenario);
    rows = sideOf(JSON.stringify(found), JSON.stringify(expected.from), JSON.stringify(expected.to));
  } catch (thrown) {
    rows = `unreadable: ${thrown.message}`;
  }
  if (rows === "neither") rows = `neither: ${difference(found, expected)}`;
  if (!scenario.pipeline) return { rows, settings: "both" };
  const from = expected.verb === "run" ? "old" : "new";
  const to = expected.verb === "rollback" ? "old" : "new";
  const sides = new Set(place.settings(scenario).map((one) => sideOf(one, from, to, one)));
  return { rows, settings: sides.size === 1 ? [...sides][0] : `mixed (${[...sides].join(", ")})` };
}

function sideOf(found, from, to, other = "neither") {
  if (found === from) return from === to ? "both" : "from";
  return found === to ? "to" : other;
}

function difference(found, { from, to }) {
  return Object.keys(to)
    .map((name) => `${name} ${found?.[name]} (before ${from[name]}, after ${to[name]})`)
    .join("; ");
}

/** The side that rows and settings are on; null when they are not on the same. */
export function sideOfState({ rows, settings }) {
  if (rows === "both") return settings;
  if (settings === "both") return rows === "from" || rows === "to" ? rows : null;
  return rows === settings && (rows === "from" || rows === "to") ? rows : null;
}

/** Problems of a command that has ended by itself, or was killed: as sentences. */
export function exitProblems({ exit, signal, stderr, code }, state, { twice = false } = {}) {
  const problems = [];
  if (exit === 70 || /\bDEFECT\b/.test(stderr)) problems.push(`exit ${exit}, a defect: ${firstLine(stderr)}`);
  if (/Uncaught|Unhandled|node:internal|^\s+at .*:\d+:\d+\)?$/m.test(stderr))
    problems.push(`an uncaught exception: ${firstLine(stderr)}`);
  if (signal !== null) return problems;
  const side = sideOfState(state);
  const told = `exit ${exit} (${code ?? "no code"}), but rows: ${state.rows}, files: ${state.settings}`;
  const needs = {
    0: ["to", "both"],
    2: ["from", "both"],
    3: ["from", "both"],
    4: ["from", "both"],
    5: ["from", "both"],
  };
  if (exit in needs) {
    if (!needs[exit].includes(side)) problems.push(told);
  } else if (exit === 6) {
    if (!/Try:|rowhaul/.test(stderr)) problems.push("exit 6 without steps");
  } else if (exit === 130 || exit === 143) {
    if (!twice && side === null) problems.push(told);
  } else if (exit !== 70) problems.push(`${told}; no such exit status was to be expected: ${firstLine(stderr)}`);
  return problems;
}

export function firstLine(text) {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return (lines.find((line) => /Error|error/.test(line)) ?? lines[0] ?? "").slice(0, 400);
}

/** Whatever of rowhaul's is still in the server, or runs beside a process that has ended; null when nothing is. */
export async function leftovers(place, running, graceMs) {
  const deadline = Date.now() + graceMs;
  for (;;) {
    const left = [...(await backends(place)), ...groupMembers(running.pid).map((pid) => `process ${pid}`)];
    if (left.length === 0) return null;
    if (Date.now() > deadline) return left.join("; ");
    await sleep(40);
  }
}

/** Behind a pooler connections stay, and may: but not in a transaction. */
async function backends({ cluster, pooled = false }) {
  const rows = await cluster.query(
    `SELECT pid || ' ' || coalesce(datname, '') || ' ' || coalesce(state, '') || ' ' || left(query, 90) AS found
       FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND application_name IS DISTINCT FROM 'faults' AND pid <> pg_backend_pid() AND datname <> 'postgres'
        AND NOT ($1 AND state = 'idle')
     UNION ALL
     SELECT 'prepared transaction ' || gid FROM pg_prepared_xacts`,
    [pooled],
  );
  return rows.map(({ found }) => `backend ${found}`);
}

/** Of a finished `clean`. */
export async function cleanProblems(place) {
  const schemas = await place.cluster.connected("app", async (client) => {
    const { rows } = await client.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'rowhaul%'");
    return rows.map(({ nspname }) => nspname);
  });
  return [
    ...(schemas.length === 0 ? [] : [`clean left ${schemas.join(", ")}`]),
    ...(existsSync(place.path(".rowhaul")) ? ["clean left .rowhaul"] : []),
  ];
}
