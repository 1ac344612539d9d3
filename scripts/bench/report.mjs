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
  const line = (name, used) => [
    name,
    seconds(used.wall),
    seconds(used.client),
    seconds(used.server),
    whole(used.megabytes),
  ];
  return aligned([
    ["rowhaul by phase", "wall", "CPU client", "CPU server", "peak MB"],
    ...Object.entries(rowhaul.phases).map(([name, used]) => line(name, used)),
    ["  parity, in validate", seconds(rowhaul.parity), "", "", ""],
    line("the whole process", rowhaul.whole),
  ]);
}

export function barLines(bars) {
  return bars
    .map(({ text, figure, passed }) => `${passed === null ? "  – " : passed ? "pass" : "FAIL"}  ${text}: ${figure}`)
    .join("\n");
}

function seconds(value = Number.NaN) {
  return Number.isNaN(value) ? "–" : `${value.toFixed(2)} s`;
}

function whole(value) {
  return Number.isNaN(value) ? "–" : value.toFixed(0);
}
