/** How alike two ranked answers are, and how long they took. */
import type { Latency } from "../../../core/search-report.ts";

/** Share of common members among the first `depth`; 1 when both are empty. */
export function overlap<T>(a: readonly T[], b: readonly T[], depth: number): number {
  const size = Math.min(depth, Math.max(a.length, b.length));
  if (size === 0) return 1;
  const first = new Set(a.slice(0, depth));
  return b.slice(0, depth).filter((id) => first.has(id)).length / size;
}

/**
 * Rank-biased overlap (Webber, Moffat and Zobel, 2010), extrapolated for lists of different length, so that
 * equal lists score 1 however short they are. Looked at to a depth of 100, beyond which p = 0.9 weighs nothing.
 */
export function rankBiasedOverlap<T>(a: readonly T[], b: readonly T[], p = 0.9): number {
  const [short, long] = a.length <= b.length ? [a.slice(0, 100), b.slice(0, 100)] : [b.slice(0, 100), a.slice(0, 100)];
  const s = short.length;
  const l = long.length;
  if (l === 0) return 1;
  if (s === 0) return 0;
  const seen = [new Set<T>(), new Set<T>()] as const;
  let common = 0;
  let atShort = 0;
  let sum = 0;
  let tail = 0;
  for (let d = 1; d <= l; d++) {
    common += newlyCommon(long[d - 1], d <= s ? short[d - 1] : undefined, seen);
    if (d === s) atShort = common;
    sum += (common / d) * p ** d;
    if (d > s) tail += ((atShort * (d - s)) / (s * d)) * p ** d;
  }
  const value = ((1 - p) / p) * (sum + tail) + ((common - atShort) / l + atShort / s) * p ** l;
  return Math.min(1, value);
}

export function latency(milliseconds: readonly number[]): Latency {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
}

function newlyCommon<T>(a: T | undefined, b: T | undefined, [ours, theirs]: readonly [Set<T>, Set<T>]): number {
  let found = 0;
  if (a !== undefined) {
    ours.add(a);
    if (theirs.has(a)) found += 1;
  }
  if (b !== undefined) {
    theirs.add(b);
    if (ours.has(b)) found += 1;
  }
  return found;
}

/** The nearest rank: a time that was measured, not one between two. */
function quantile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return Math.round(value * 1000) / 1000;
}
