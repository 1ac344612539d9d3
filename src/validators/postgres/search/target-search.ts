/** PostgreSQL asked: by the functions that answer as FTS5 does, or by its own search. */
import { quoteName } from "../../quote.ts";
import type { Target } from "../target-reader.ts";
import type { Answer } from "./answer.ts";
import type { SearchIndex } from "./input.ts";

export type TargetSearch = (query: string) => Promise<Answer>;

/** All rows come as two arrays in one value each: a hundred thousand hits are not a hundred thousand objects. */
export function targetSearch(target: Target, index: SearchIndex): TargetSearch {
  const hits = index.search.mode === "native" ? nativeHits(index) : exactHits(index);
  const sql = `SELECT array_to_string(array_agg(rowid ORDER BY n), ','), array_to_string(array_agg(rank ORDER BY n), ',') FROM ${hits}`;
  const ranked = index.search.mode === "native" || index.fullText.module === "fts5";
  const first = index.search.mode === "native" ? index.search.config : index.relation;
  return async (query) => {
    let error = "";
    const started = performance.now();
    const rows = await target.attempt(sql, [first, query], (reason) => {
      error = reason;
    });
    const ms = performance.now() - started;
    if (rows === undefined) return { ok: false, error, ms };
    const [ids, scores] = rows[0] ?? [];
    return {
      ok: true,
      ids: ids ? ids.split(",").map(BigInt) : [],
      scores: ranked ? (scores ? scores.split(",").map(Number) : []) : null,
      ms,
    };
  };
}

function exactHits({ search, fullText }: SearchIndex): string {
  const ranked = fullText.module === "fts5";
  return `${quoteName(search.schema)}.search($1::text::regclass, $2::text, NULL, NULL, 0, ${ranked}) WITH ORDINALITY AS hit(rowid, rank, n)`;
}

function nativeHits({ relation, fullText }: SearchIndex): string {
  const vector = `t.${quoteName(fullText.vector)}`;
  return `(SELECT rowid, rank, row_number() OVER (ORDER BY rank DESC, rowid) AS n FROM (
    SELECT t.rowid, ts_rank_cd(${vector}, q) AS rank FROM ${relation} t, websearch_to_tsquery($1::text::regconfig, $2::text) q WHERE ${vector} @@ q
  ) matched) hit`;
}
