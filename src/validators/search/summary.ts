/** What the report says of search, in a sentence. */
import { count, plural } from "../../core/count.ts";
import type { ClassReport, IndexReport, LikeReport, SearchReport } from "../../core/search-report.ts";

export function summarise({ indexes, like }: SearchReport): string {
  const said = [...indexes.map(ofIndex), ...like.map(ofLike)];
  return said.length === 0 ? "nothing is searched" : said.join("; ");
}

function ofIndex({ table, mode, tokens, classes, excluded }: IndexReport): string {
  const total = (key: "queries" | "sets" | "order50" | "scores") => classes.reduce((sum, one) => sum + one[key], 0);
  const queries = total("queries");
  const asked = `${plural(queries, "query", "queries")} on ${table}`;
  const words =
    tokens === null || tokens.tokens === 0
      ? ""
      : tokens.different === 0
        ? `every word of ${plural(tokens.rows, "row")} in its place, `
        : `${plural(tokens.different, "row")} with other words, `;
  const left = Object.values(excluded).reduce((sum, n) => sum + n, 0);
  const aside = left > 0 ? ` (${count(left)} excluded)` : "";
  if (queries === 0) return `${words}no queries on ${table}${aside}`;
  const equal = mode === "exact" ? exactly(queries, total) : natively(queries, total("sets"), classes);
  return `${words}${asked}${aside}: ${equal}; ${times(classes)}`;
}

function exactly(queries: number, total: (key: "sets" | "order50" | "scores") => number): string {
  const [sets, order, scores] = [total("sets"), total("order50"), total("scores")];
  return [
    sets === queries ? "the same hits" : `the same hits in ${share(sets, queries)}`,
    order === queries ? "the same order" : `the same order in ${share(order, queries)}`,
    scores === queries ? "scores equal to the last bit" : `scores equal to the last bit in ${share(scores, queries)}`,
  ].join(", ");
}

function natively(queries: number, sets: number, classes: readonly ClassReport[]): string {
  const mean = (key: "overlap10" | "rbo") =>
    classes.reduce((sum, one) => sum + one[key] * one.queries, 0) / Math.max(1, queries);
  return `PostgreSQL's own search has the same hits in ${share(sets, queries)}, of the first 10 hits ${(mean("overlap10") * 100).toFixed(0)} % in common, rank-biased overlap ${mean("rbo").toFixed(2)}`;
}

/** Never 100 % of what is not all. */
function share(part: number, whole: number): string {
  const percent = Math.floor((part / whole) * 10_000) / 100;
  return `${percent} %`;
}

/** The median of the classes' medians, weighted by nothing: classes are of one size. */
function times(classes: readonly ClassReport[]): string {
  const median = (side: "source" | "target") => {
    const sorted = classes.map((one) => one[side].median).sort((a, b) => a - b);
    return (sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(1);
  };
  return `median ${median("source")} ms there, ${median("target")} ms here`;
}

function ofLike({ table, column, patterns, equal }: LikeReport): string {
  const what = `LIKE and NOCASE on ${table}.${column}`;
  return equal === patterns
    ? `${what}: ${plural(patterns, "pattern")}, all equal`
    : `${what}: ${count(patterns - equal)} of ${plural(patterns, "pattern")} differ`;
}
