/** Why a query has another answer. */
import { quoteName } from "../../quote.ts";
import type { Source } from "../../source-reader.ts";
import type { Target } from "../target-reader.ts";
import type { Comparison } from "./answer.ts";
import type { SearchIndex } from "./input.ts";
import type { KnownRows } from "./rows/rows.ts";
import { sourceTokenizer } from "./source-search.ts";

export type Cause =
  | "error text"
  | "refused by one side"
  | "changed on purpose"
  | "stale index"
  | "words of the row differ"
  | "words of the query differ"
  | "rows beyond tsvector's limits"
  | "other rows"
  | "order of ties"
  | "scores"
  | "PostgreSQL's own search works otherwise";

/** Answers that differ for these reasons are as they should be. */
export function isExpected(cause: Cause): boolean {
  return cause === "changed on purpose" || cause === "stale index";
}

export type CauseOf = (query: string, comparison: Comparison) => Promise<Cause>;

export function causeFinder(source: Source, target: Target, index: SearchIndex, rows: KnownRows): CauseOf {
  if (index.search.mode === "native") return async () => "PostgreSQL's own search works otherwise";
  const sameWords = sameQueryWords(source, target, index);
  return async (query, comparison) => {
    const { outcome, sets, missing, extra } = comparison;
    if (outcome === "refused") return "error text";
    if (outcome === "refused by one") return "refused by one side";
    const expected = expectedOf(index, rows, [...missing.ids, ...extra.ids].map(String), sets);
    if (expected !== null) return expected;
    if (sets) return comparison.tiesOnly ? "order of ties" : "scores";
    const ids = [...missing.ids, ...extra.ids].map(String);
    if (ids.some((id) => rows.different.has(id))) return "words of the row differ";
    if (!(await sameWords(query))) return "words of the query differ";
    if (await allBig(target, index, ids)) return "rows beyond tsvector's limits";
    return "other rows";
  };
}

/** With equal sets, rows that differ on purpose still move the averages that every score is made of. */
function expectedOf(
  { fullText }: SearchIndex,
  { stale, accounted }: KnownRows,
  ids: readonly string[],
  sets: boolean,
): Cause | null {
  // A copied index is as stale as the source's: the same answers are due.
  const ahead = fullText.build === "copy" ? new Set<string>() : stale;
  if (sets) return accounted.size > 0 ? "changed on purpose" : ahead.size > 0 ? "stale index" : null;
  if (!ids.every((id) => accounted.has(id) || ahead.has(id))) return null;
  return ids.some((id) => accounted.has(id)) ? "changed on purpose" : "stale index";
}

/** The query's text as if it were a document: wrong words show there as well as in a parsed query. */
function sameQueryWords(source: Source, target: Target, index: SearchIndex): (query: string) => Promise<boolean> {
  if (index.fullText.module !== "fts5") return async () => true;
  const tokenize = sourceTokenizer(source, index.fullText.tokenize);
  const tokens = `${quoteName(index.search.schema)}.${quoteName(`${index.fullText.key}_tokens`)}`;
  return async (query) => {
    const rows = await target.attempt(`SELECT to_json(coalesce(${tokens}($1::text), '{}'))`, [query]);
    const [text] = rows?.[0] ?? [];
    return text == null || JSON.stringify(JSON.parse(text)) === JSON.stringify(tokenize(query));
  };
}

async function allBig(target: Target, index: SearchIndex, ids: readonly string[]): Promise<boolean> {
  const [row] = await target.query(
    `SELECT count(*) FROM ${index.relation} WHERE rowid = ANY($1::bigint[]) AND ${quoteName(index.fullText.big)}`,
    [ids],
  );
  return ids.length > 0 && Number(row?.[0] ?? 0) === ids.length;
}
