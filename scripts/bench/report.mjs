/** The figures as aligned text. */
import { aligned } from "./aligned.mjs";

/** `entries`: name and figures of each competitor; `rowhaul`: what the others are compared with, or null. */
export function competitorsTable(entries, rowhaul) {
  const lines = entries.map(([name, figures]) => [
    name,
    seconds(figures.load),
    seconds(figures.finish),
    seconds(figures.wall),
    rowhaul === null ? "–" : `${(figures.wall / rowhaul.wall).toFixed(2)} ×`,
    seconds(figures.client),
    seconds(figures.server),
    whole(figures.megabytes),
  ]);
  return aligned([
    ["load and finish", "load", "finish", "wall", "of rowhaul's", "CPU client", "CPU server", "peak MB"],
    ...lines,
  ]);
}

export function phasesTable(rowhaul) {
  return aligned([
    ["rowhaul by phase", "wall", "CPU client", "CPU server", "peak MB"],
    ...Object.entries(rowhaul.phases).map(([name, used]) => usedLine(name, used)),
    ["  parity, in validate", seconds(rowhaul.parity), "", "", ""],
    usedLine("the whole process", rowhaul.whole),
  ]);
}

/** `lines`: a name and what it used, as much of it as is known. */
export function usedTable(title, lines) {
  return aligned([
    [title, "wall", "CPU client", "CPU server", "peak MB"],
    ...lines.map(([name, used]) => usedLine(name, used)),
  ]);
}

function usedLine(name, used) {
  return [name, seconds(used.wall), seconds(used.client), seconds(used.server), whole(used.megabytes)];
}

export function barLines(bars) {
  return bars
    .map(({ text, figure, passed }) => `${passed === null ? "  – " : passed ? "pass" : "FAIL"}  ${text}: ${figure}`)
    .join("\n");
}

function seconds(value = Number.NaN) {
  return Number.isNaN(value) ? "–" : `${value.toFixed(2)} s`;
}

function whole(value = Number.NaN) {
  return Number.isNaN(value) ? "–" : value.toFixed(0);
}
