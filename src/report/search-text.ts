/** What the search validator measured, by full-text table and class of queries. */
import { count } from "../core/messages/count.ts";
import type { Report } from "../core/report.ts";
import type { ClassReport, Latency } from "../core/search-report.ts";

export function searchText(report: Report): string[] {
  return report.validation.flatMap(({ search }) => [
    ...(search?.indexes ?? []).flatMap(({ table, classes, excluded }) => [
      ...(classes.length > 0 ? [table, heading] : []),
      ...classes.map(classLine),
      ...Object.entries(excluded).map(([reason, queries]) => `  ${count(queries)} not judged: ${reason}`),
    ]),
    ...(search?.like ?? []).map(
      ({ table, column, patterns, equal, source, target }) =>
        `LIKE and NOCASE on ${table}.${column}: ${count(equal)} of ${count(patterns)} patterns equal, ${milliseconds(source)} ms in SQLite, ${milliseconds(target)} ms in PostgreSQL`,
    ),
  ]);
}

const widths = [14, 8, 10, 10, 10, 10, 14, 14];

const heading = row([
  "  queries of",
  "asked",
  "same rows",
  "first 10",
  "first 50",
  "scores",
  "SQLite ms",
  "PostgreSQL ms (median/p95)",
]);

function classLine(one: ClassReport): string {
  const share = (equal: number): string => (equal === one.queries ? "all" : count(equal));
  return row([
    `  ${one.class}`,
    count(one.queries),
    ...[one.sets, one.order10, one.order50, one.scores].map(share),
    milliseconds(one.source),
    milliseconds(one.target),
  ]);
}

function milliseconds({ median, p95 }: Latency): string {
  return `${median.toFixed(1)}/${p95.toFixed(1)}`;
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
    .join(" ")
    .trimEnd();
}
