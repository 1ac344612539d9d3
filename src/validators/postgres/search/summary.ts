/** What the report says of search, in a sentence or two. */
import { count, plural } from "../../../core/messages/count.ts";
import type { ClassReport, IndexReport, LikeReport, SearchReport } from "../../../core/search-report.ts";

/** `left`: full-text tables that have no search in the target. */
export function summarise({ indexes, like }: SearchReport, left: readonly string[] = []): string {
  const sentences = [...together(indexes).map(ofIndexes), ...like.map(ofLike)];
  const without = left.length === 0 ? [] : [`not compared: ${left.join(", ")}`];
  return [...(sentences.length === 0 ? ["nothing is searched"] : sentences), ...without].join("; ");
}

/** Tables with the same result share a sentence; each of the others has its own. */
function together(indexes: readonly IndexReport[]): (readonly IndexReport[])[] {
  const alike = new Map<string, IndexReport[]>();
  for (const index of indexes) {
    const kind = isPerfect(index) ? `all, words ${hasWords(index)}` : `alone ${index.table}`;
    alike.set(kind, [...(alike.get(kind) ?? []), index]);
  }
  return [...alike.values()];
}

function isPerfect({ mode, tokens, classes }: IndexReport): boolean {
  return (
    mode === "exact" &&
    (tokens?.different ?? 0) === 0 &&
    classes.some(({ queries }) => queries > 0) &&
    classes.every((one) => [one.sets, one.order50, one.scores].every((equal) => equal === one.queries))
  );
}

function hasWords({ tokens }: IndexReport): boolean {
  return tokens !== null && tokens.tokens > 0;
}

function ofIndexes(indexes: readonly IndexReport[]): string {
  const classes = indexes.flatMap((index) => index.classes);
  const total = (key: "queries" | "sets" | "order50" | "scores") => classes.reduce((sum, one) => sum + one[key], 0);
  const queries = total("queries");
  const tables =
    indexes.length > 3 ? plural(indexes.length, "full-text table") : listed(indexes.map((one) => one.table));
  const words = ofWords(indexes);
  const aside = remarks(indexes);
  const noted = aside.length > 0 ? ` (${aside.join(", ")})` : "";
  if (queries === 0) return `${words}no queries on ${tables}${noted}`;
  const exact = indexes.every(({ mode }) => mode === "exact");
  const equal = exact ? exactly(queries, total) : natively(queries, total("sets"), classes);
  return `${words}${plural(queries, "query", "queries")} on ${tables}${noted}: ${equal}; ${times(classes)}`;
}

function ofWords(indexes: readonly IndexReport[]): string {
  if (!indexes.every(hasWords)) return "";
  const sum = (key: "rows" | "different") => indexes.reduce((all, { tokens }) => all + (tokens?.[key] ?? 0), 0);
  return sum("different") === 0
    ? `every word of ${plural(sum("rows"), "row")} in its place, `
    : `${plural(sum("different"), "row")} with other words, `;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** What the number of queries does not say by itself: the user's own, those that are wrong on both sides, and what was left unjudged. */
function remarks(indexes: readonly IndexReport[]): string[] {
  const yours = indexes.flatMap(({ classes }) => classes).filter((one) => one.class === "yours");
  const own = yours.reduce((sum, one) => sum + one.queries, 0);
  const refused = yours.reduce((sum, one) => sum + one.refused, 0);
  const left = indexes.flatMap(({ excluded }) => Object.entries(excluded));
  const unjudged = (ofScores: boolean) =>
    left.reduce((sum, [reason, n]) => (reason.startsWith("scores only") === ofScores ? sum + n : sum), 0);
  return [
    ...(own > 0 ? [`${count(own)} of them yours`] : []),
    ...(refused > 0 ? [`${count(refused)} of yours refused by both sides`] : []),
    ...(unjudged(true) > 0 ? [`${count(unjudged(true))} not judged by their scores`] : []),
    ...(unjudged(false) > 0 ? [`${count(unjudged(false))} more not asked`] : []),
  ];
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
  return `median ${median("source")} ms in SQLite, ${median("target")} ms in PostgreSQL`;
}

function ofLike({ table, column, patterns, equal }: LikeReport): string {
  const what = `LIKE and NOCASE on ${table}.${column}`;
  return equal === patterns
    ? `${what}: ${plural(patterns, "pattern")}, all equal`
    : `${what}: ${count(patterns - equal)} of ${plural(patterns, "pattern")} differ`;
}
