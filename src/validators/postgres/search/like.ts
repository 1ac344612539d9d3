/**
 * LIKE and NOCASE on the columns named in the pipeline: SQLite's own answer against the form of it that
 * PostgreSQL can index. Whether a row matches depends on its value alone, so answers are compared as
 * multisets of values, by count and sum of digests, and tables need no key for it.
 */
import { hash } from "node:crypto";
import type { TablePlan } from "../../../core/plan/plan.ts";
import type { LikePlan, SearchCheck } from "../../../core/schema/full-text.ts";
import type { LikeReport } from "../../../core/search-report.ts";
import { quoteName } from "../../quote.ts";
import { type Source, selection } from "../../source-reader.ts";
import type { Target } from "../target-reader.ts";
import { latency } from "./measures.ts";
import { makePatterns, type Pattern } from "./queries/like-patterns.ts";
import { randomOf, sampler } from "./queries/random.ts";

export type LikeDifference = { readonly pattern: Pattern; readonly source: string; readonly target: string };

export async function compareLike(
  source: Source,
  target: Target,
  place: { readonly like: LikePlan; readonly schema: string; readonly table: TablePlan | undefined },
  check: SearchCheck,
  signal: AbortSignal,
): Promise<{ report: LikeReport; differences: LikeDifference[] }> {
  const { like } = place;
  const where = selection(place.table?.where ?? null);
  const patterns = makePatterns(sampleValues(source, like, where, check.seed), check.queries, check.seed);
  const ours = sourceAnswers(source, like, where);
  const theirs = targetAnswers(target, like, place.schema);
  const differences: LikeDifference[] = [];
  const times: { source: number[]; target: number[] } = { source: [], target: [] };
  for (const pattern of patterns) {
    signal.throwIfAborted();
    const a = timed(times.source, () => ours(pattern));
    const started = performance.now();
    const b = await theirs(pattern);
    times.target.push(performance.now() - started);
    if (a !== b) differences.push({ pattern, source: a, target: b });
  }
  return {
    report: {
      table: like.table,
      column: like.column,
      patterns: patterns.length,
      equal: patterns.length - differences.length,
      source: latency(times.source),
      target: latency(times.target),
    },
    differences,
  };
}

function sampleValues(source: Source, { table, column }: LikePlan, where: string, seed: number): readonly string[] {
  const sample = sampler<string>(300, randomOf(seed, `${table}.${column}`));
  const sql = `SELECT ${quoteName(column)} FROM main.${quoteName(table)} WHERE ${where} AND typeof(${quoteName(column)}) = 'text'`;
  for (const value of source.prepare<[], string>(sql).pluck().iterate()) sample.offer(value.slice(0, 200));
  return sample.kept;
}

function sourceAnswers(source: Source, { table, column }: LikePlan, where: string): (pattern: Pattern) => string {
  const prepare = (condition: string) =>
    source
      .prepare<[string], string | null>(
        `SELECT CAST(${quoteName(column)} AS TEXT) FROM main.${quoteName(table)} WHERE ${where} AND ${condition}`,
      )
      .pluck();
  const statements = {
    like: prepare(`${quoteName(column)} LIKE ?`),
    nocase: prepare(`${quoteName(column)} = ? COLLATE NOCASE`),
  };
  return ({ kind, text }) => {
    let count = 0;
    let sum = 0n;
    for (const value of statements[kind].iterate(text)) {
      count += 1;
      sum += hash("sha256", value ?? "", "buffer").readBigUInt64BE(0) >> 16n;
    }
    return `${count} rows, digest ${sum}`;
  };
}

function targetAnswers(
  target: Target,
  { targetTable, targetColumn }: LikePlan,
  schema: string,
): (pattern: Pattern) => Promise<string> {
  const column = `${quoteName(targetColumn)}::text`;
  const folded = `lower(${column} COLLATE "C")`;
  const conditions = {
    like: `${folded} LIKE lower($1::text COLLATE "C") ESCAPE ''`,
    nocase: `${folded} = lower($1::text COLLATE "C")`,
  };
  return async ({ kind, text }) => {
    const sql = `SELECT count(*), coalesce(sum(('x' || encode(substr(sha256(convert_to(${column}, 'UTF8')), 1, 6), 'hex'))::bit(48)::bigint), 0)
      FROM ${quoteName(schema)}.${quoteName(targetTable)} WHERE ${conditions[kind]}`;
    let error = "";
    const rows = await target.attempt(sql, [text], (reason) => {
      error = reason;
    });
    return rows === undefined ? `error: ${error}` : `${rows[0]?.[0]} rows, digest ${rows[0]?.[1]}`;
  };
}

function timed<T>(times: number[], work: () => T): T {
  const started = performance.now();
  const result = work();
  times.push(performance.now() - started);
  return result;
}
