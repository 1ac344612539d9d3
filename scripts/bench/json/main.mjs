/** The part of the benchmark about JSON: NDJSON next to SQLite, its memory, exports and transforms. */
import { judgeJson } from "../bars.mjs";
import { medianOf } from "../median.mjs";
import { usedTable } from "../report.mjs";
import { jsonEvents, jsonOfSize, sqliteEvents } from "./data.mjs";
import { runExport, runMove, runShape } from "./moves.mjs";

/** In turns, so that a slow minute of the machine hits both. */
export async function benchJson({ rows, rounds, memory, jsonMemory }, lend) {
  const sqlite = sqliteEvents(rows);
  const ndjson = jsonEvents(rows);
  const runs = { sqlite: [], ndjson: [], export: [], shape: [] };
  for (let round = 1; round <= rounds; round++) {
    runs.sqlite.push(await lend("sqlite-events", move("copy"), { data: sqlite }));
    runs.ndjson.push(await lend("ndjson-events", move("import"), { data: ndjson }));
    runs.export.push(await lend("export", runExport, { data: sqlite }));
    runs.shape.push(await lend("shape", runShape, { data: sqlite }));
    const seconds = (name) => `${runs[name].at(-1).wall.toFixed(1)} s`;
    console.error(`round ${round}: NDJSON ${seconds("ndjson")}, SQLite ${seconds("sqlite")}`);
  }
  const medians = Object.fromEntries(Object.entries(runs).map(([name, all]) => [name, medianOf(all)]));
  const peaks = memory ? await memoryRuns(jsonMemory, lend) : null;
  return { rows, medians, memory: peaks, bars: judgeJson({ ...medians, memory: peaks }), runs };
}

/** Aligned text. */
export function jsonReport({ rows, medians: { sqlite, ndjson, ...side }, memory }) {
  const heading = (name, { bytes }) =>
    `${name}, ${rows.toLocaleString("en-US")} events, ${(bytes / 1e6).toFixed(0)} MB`;
  const phases = (name, run) =>
    usedTable(heading(name, run), [
      ...Object.entries(run.phases),
      ["  parity, in validate", { wall: run.parity }],
      ...(run.proof > 0 ? [["  proof, in snapshot", { wall: run.proof }]] : []),
      ["all that moves the rows", { wall: run.wall }],
      ["the whole process", run.whole],
    ]);
  const others = usedTable("of the same SQLite file", [
    ["export to a folder", side.export],
    ["three transforms", side.shape],
  ]);
  const speeds = `NDJSON ${speed(ndjson.speed)}, ${speed(ndjson.provedSpeed)} with the proof of the snapshot; SQLite ${speed(sqlite.speed)}, its load alone ${speed(sqlite.loadSpeed)}`;
  const peaks = (memory ?? []).map(({ size, whole }) => [`NDJSON of ${size} MB, whole process`, whole]);
  const large = peaks.length === 0 ? [] : [usedTable("memory", peaks)];
  return [phases("SQLite", sqlite), phases("NDJSON", ndjson), others, ...large, speeds].join("\n\n");
}

const move = (verb) => (context, database) => runMove(context, database, verb);

async function memoryRuns(sizes, lend) {
  const runs = [];
  for (const size of sizes) {
    console.error(`NDJSON of ${size} MB, for its memory`);
    const { whole, phases } = await lend("ndjson-memory", move("import"), { data: jsonOfSize(size) });
    runs.push({ size, peak: whole.megabytes, whole, phases });
  }
  return runs;
}

function speed(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB/s`;
}
