/** What rowhaul promises about speed and memory, held against the figures. */

/** `passed` is null where the figures for it were not taken. */
export function judge({ rowhaul, doubled, pgloader, rows }) {
  const bars = [];
  const bar = (text, given, passed) => bars.push({ text, figure: given, passed });
  const fastest = Math.min(...pgloader.map((figures) => figures.wall));
  const times = fastest / rowhaul?.wall;
  if (rowhaul === null || pgloader.length === 0) bar("load and finish 1.5 × as fast as pgloader", "not measured", null);
  else bar("load and finish 1.5 × as fast as pgloader at its best", `${times.toFixed(2)} ×`, times >= 1.5);
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
