import fc from "fast-check";
import { expect, test } from "vitest";
import { latency, overlap, rankBiasedOverlap } from "../../../../src/validators/postgres/search/measures.ts";

const ranking = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 30 });

test("equal answers score 1, disjoint ones 0, whatever their length", () => {
  fc.assert(
    fc.property(ranking, (ids) => {
      expect(overlap(ids, ids, 10)).toBe(1);
      expect(rankBiasedOverlap(ids, ids)).toBeCloseTo(1, 9);
      if (ids.length === 0) return;
      const others = ids.map((id) => id + 100);
      expect(overlap(ids, others, 10)).toBe(0);
      expect(rankBiasedOverlap(ids, others)).toBe(0);
    }),
  );
});

test("both are symmetric, and between 0 and 1", () => {
  fc.assert(
    fc.property(ranking, ranking, (a, b) => {
      for (const value of [overlap(a, b, 10), rankBiasedOverlap(a, b)]) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
      expect(overlap(a, b, 10)).toBe(overlap(b, a, 10));
      expect(rankBiasedOverlap(a, b)).toBeCloseTo(rankBiasedOverlap(b, a), 9);
    }),
  );
});

test("a swap at the top weighs more than one further down", () => {
  const ids = [1, 2, 3, 4, 5, 6];
  const top = rankBiasedOverlap(ids, [2, 1, 3, 4, 5, 6]);
  const bottom = rankBiasedOverlap(ids, [1, 2, 3, 4, 6, 5]);
  // Only the depths 1 and 5 disagree: (1 − p) · p⁰ · 1 and (1 − p) · p⁴ · 1/5.
  expect(top).toBeCloseTo(0.9, 9);
  expect(bottom).toBeCloseTo(1 - 0.1 * 0.9 ** 4 * 0.2, 9);
});

test("overlap counts the first so many", () => {
  expect(overlap([1, 2, 3, 4], [4, 3, 9, 8], 2)).toBe(0);
  expect(overlap([1, 2, 3, 4], [4, 3, 9, 8], 4)).toBe(0.5);
  expect(overlap([1], [1, 2, 3, 4], 10)).toBe(0.25);
});

test("median and 95th percentile are times that were measured", () => {
  expect(latency([])).toEqual({ median: 0, p95: 0 });
  expect(latency([3, 1, 2])).toEqual({ median: 2, p95: 3 });
  expect(latency(Array.from({ length: 100 }, (_, i) => i + 1))).toEqual({ median: 50, p95: 95 });
});
