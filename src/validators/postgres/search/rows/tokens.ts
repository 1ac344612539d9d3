/**
 * Every token of every row, both sides: sums of digests by bucket of rows first, and rows only where the sums
 * differ, so that memory does not grow with the index.
 */
import { hash } from "node:crypto";
import type { Source } from "../../../source-reader.ts";
import type { Target } from "../../target-reader.ts";
import type { SearchIndex } from "../input.ts";
import { sourceTokens, targetTokens, type Visit } from "./token-streams.ts";
import type { Word } from "./vector.ts";

export type TokenComparison = {
  readonly tokens: number;
  /** Rows whose tokens differ, at most {@link mostRows}; `differing` is the true number. */
  readonly rows: readonly string[];
  readonly differing: number;
};

const buckets = 2 ** 16;
export const mostRows = 10_000;

export async function compareTokens(
  source: Source,
  target: Target,
  index: SearchIndex,
  signal: AbortSignal,
): Promise<TokenComparison> {
  const ours = sums();
  const theirs = sums();
  let tokens = 0;
  await sourceTokens(source, index, signal, (row, word, count) => {
    tokens += count;
    ours.add(bucketOf(row), row, word);
  });
  await targetTokens(target, index, (row, word) => theirs.add(bucketOf(row), row, word));
  const differing = ours.differing(theirs);
  if (differing.size === 0) return { tokens, rows: [], differing: 0 };
  const rows = await differingRows(source, target, index, signal, differing);
  return { tokens, rows: rows.slice(0, mostRows), differing: rows.length };
}

/** Words of a few rows that one side has and the other has not, with their places. */
export async function differingWords(
  source: Source,
  target: Target,
  index: SearchIndex,
  signal: AbortSignal,
  rows: readonly string[],
): Promise<Map<string, { readonly source: readonly string[]; readonly target: readonly string[] }>> {
  const collected = new Map(rows.map((row) => [row, { source: new Set<string>(), target: new Set<string>() }]));
  const collect =
    (side: "source" | "target"): Visit =>
    (row, { lexeme, places }) =>
      collected.get(row)?.[side].add(`${lexeme} at ${places}`);
  await sourceTokens(source, index, signal, collect("source"));
  await targetTokens(target, index, collect("target"));
  return new Map(
    [...collected].map(([row, { source: ours, target: theirs }]) => [
      row,
      { source: [...ours].filter((word) => !theirs.has(word)), target: [...theirs].filter((word) => !ours.has(word)) },
    ]),
  );
}

async function differingRows(
  source: Source,
  target: Target,
  index: SearchIndex,
  signal: AbortSignal,
  differing: ReadonlySet<number>,
): Promise<string[]> {
  const rows = new Map<string, bigint>();
  const add =
    (sign: bigint): Visit =>
    (row, word) => {
      if (!differing.has(bucketOf(row))) return;
      const sum = BigInt.asUintN(64, (rows.get(row) ?? 0n) + sign * digest(row, word).readBigUInt64BE(0));
      rows.set(row, sum);
    };
  await sourceTokens(source, index, signal, add(1n));
  await targetTokens(target, index, add(-1n));
  return [...rows].filter(([, sum]) => sum !== 0n).map(([row]) => row);
}

function sums() {
  // Two halves that each wrap at 32 bits: no BigInt is made for each of millions of words.
  const high = new Uint32Array(buckets);
  const low = new Uint32Array(buckets);
  return {
    high,
    low,
    add(bucket: number, row: string, word: Word) {
      const bytes = digest(row, word);
      high[bucket] = (high[bucket] ?? 0) + bytes.readUInt32BE(0);
      low[bucket] = (low[bucket] ?? 0) + bytes.readUInt32BE(4);
    },
    differing(other: { readonly high: Uint32Array; readonly low: Uint32Array }): Set<number> {
      const found = new Set<number>();
      for (let i = 0; i < buckets; i++) if (high[i] !== other.high[i] || low[i] !== other.low[i]) found.add(i);
      return found;
    },
  };
}

function bucketOf(row: string): number {
  return Number(BigInt.asUintN(16, BigInt(row)));
}

function digest(row: string, { lexeme, places }: Word): Buffer {
  return hash("sha256", `${row}\t${places}\t${lexeme}`, "buffer");
}
