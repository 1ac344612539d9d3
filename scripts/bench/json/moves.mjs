/** The same rows out of SQLite and out of NDJSON, by the same command line into the same server. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandLine, unattended, watchRowhaul } from "../rowhaul.mjs";
import { checkArrived } from "../server.mjs";

/** What reads and loads; the proof within snapshot is not of it, as validate is not. */
const moving = ["snapshot", "transform", "profile", "plan", "load", "finish"];

/** `verb`: copy or import. */
export async function runMove(context, database, verb) {
  const { data, dist } = context;
  const program = [commandLine(dist), verb, data.path, database.url, ...unattended];
  const { used, phases, validators } = await watchRowhaul(context, program);
  await checkArrived(context.server, database, data);
  const proof = validators.snapshot ?? 0;
  const proved = moving.reduce((sum, phase) => sum + (phases[phase]?.wall ?? 0), 0);
  return {
    wall: proved - proof,
    proof,
    proved,
    parity: validators.parity,
    /** Bytes a second: of what moves the rows, with the proof of the snapshot, and of load alone. */
    speed: data.bytes / (proved - proof),
    provedSpeed: data.bytes / proved,
    loadSpeed: data.bytes / phases.load.wall,
    bytes: data.bytes,
    phases,
    whole: used,
  };
}

export async function runExport(context) {
  const { data, dist, folder } = context;
  const program = [commandLine(dist), "export", data.path, join(folder, "export"), "--accept-all", "--json"];
  const { used } = await watchRowhaul(context, program);
  return used;
}

/** Three transforms over every row; only their phase counts, so nothing is loaded. */
export async function runShape(context, database) {
  const { data, dist, folder } = context;
  const pipeline = {
    name: "shape",
    source: { kind: "sqlite", path: data.path },
    target: { kind: "postgres", url: database.url },
    tables: { events: { transform: chain } },
  };
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "shape.yaml");
  writeFileSync(path, JSON.stringify(pipeline), { mode: 0o600 });
  const { phases, used } = await watchRowhaul(context, [commandLine(dist), "plan", path, "--accept-all", "--json"]);
  return { ...phases.transform, megabytes: Math.max(phases.transform.megabytes, used.megabytes) };
}

const chain = [
  { trim: ["note"] },
  { case: { columns: ["status"], to: "upper" } },
  { default: { values: { note: "none" } } },
];
