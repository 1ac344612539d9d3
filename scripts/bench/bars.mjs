/** What rowhaul promises about speed and memory, held against the figures. */

/** `passed` is null where the figures for it were not taken. */
export function judge({ rowhaul, doubled, pgloader, duckdb, floor, rows }) {
  const bars = [];
  const bar = (text, given, passed) => bars.push({ text, figure: given, passed });
  const least = (of, what) => Math.min(...of.map((figures) => figures[what]));
  const atMost = (text, own, other, most) => {
    const ratio = own / other;
    if (Number.isFinite(ratio) && Number.isFinite(other))
      bar(`${text}: at most ${most} ×`, `${ratio.toFixed(2)} ×`, ratio <= most);
    else bar(`${text}: at most ${most} ×`, "not measured", null);
  };
  const moved = rowhaul?.wall ?? Number.NaN;
  const proven = rowhaul?.whole.wall ?? Number.NaN;
  const cpu = (rowhaul?.whole.client ?? Number.NaN) + (rowhaul?.whole.server ?? Number.NaN);
  atMost("load and finish, of the server's own floor", moved, least(floor, "wall"), 1.3);
  atMost("load and finish, of DuckDB's with the same indexes", moved, duckdb?.wall ?? Number.NaN, 0.85);
  atMost("load and finish, of pgloader's at its best", moved, least(pgloader, "wall"), 0.33);
  atMost("the whole proven run, of pgloader at its best", proven, least(pgloader, "wall"), 0.65);
  atMost("the whole proven run, of DuckDB's unproven copy", proven, duckdb?.wall ?? Number.NaN, 1.6);
  atMost("CPU of the whole run, of the server's for the floor", cpu, least(floor, "server"), 2.8);
  if (rowhaul === null) return bars;
  const ratio = rowhaul.parity / rowhaul.phases.load.wall;
  bar("proof of every cell in at most twice the time of load", `${ratio.toFixed(2)} ×`, ratio <= 2);
  const { megabytes } = rowhaul;
  if (Number.isNaN(megabytes)) bar("peak memory below 250 MB", "not measurable here", null);
  else bar("peak memory below 250 MB", `${megabytes.toFixed(0)} MB`, megabytes < 250);
  if (doubled === null || Number.isNaN(megabytes)) {
    bar("peak memory the same for twice the rows (within 15 %)", "not measured", null);
  } else {
    const growth = doubled.megabytes / megabytes - 1;
    const shown = `${megabytes.toFixed(0)} MB for ${amount(rows)}, ${doubled.megabytes.toFixed(0)} MB for ${amount(2 * rows)}`;
    bar("peak memory the same for twice the rows (within 15 %)", shown, Math.abs(growth) <= 0.15);
  }
  return bars;
}

/** The same for JSON. `memory`: size in MB and peak of each of two runs, or null. */
export function judgeJson({ ndjson, sqlite, memory }) {
  const relative = ndjson.speed / sqlite.speed;
  const speed = {
    text: "NDJSON at 60 % of the row lane's SQLite speed per byte",
    figure: `${percent(relative)} (${percent(ndjson.speed / sqlite.loadSpeed)} of SQLite's load alone)`,
    passed: relative >= 0.6,
  };
  const text = "peak memory no higher for a large NDJSON file than for a small one (within 10 %)";
  if (memory === null || memory.some(({ peak }) => Number.isNaN(peak)))
    return [speed, { text, figure: "not measured", passed: null }];
  const [small, large] = memory;
  const shown = memory.map(({ size, peak }) => `${peak.toFixed(0)} MB for ${amount(size)} MB`).join(", ");
  return [speed, { text, figure: shown, passed: large.peak <= 1.1 * small.peak }];
}

function percent(ratio) {
  return `${(100 * ratio).toFixed(0)} %`;
}

function amount(number) {
  return number.toLocaleString("en-US");
}
