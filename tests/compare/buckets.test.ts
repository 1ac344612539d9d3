import { hash } from "node:crypto";
import { expect, test } from "vitest";
import { bucketOf, emptyBuckets } from "../../src/compare/buckets.ts";

const digest = (text: string): Buffer => hash("sha256", text, "buffer");

test("sums come to zero for the same rows in another order, and for no others", () => {
  const buckets = emptyBuckets();
  for (const row of ["a", "b", "b", "c"]) buckets.add(7, digest(row), 1);
  for (const row of ["b", "c", "a", "b"]) buckets.add(7, digest(row), -1);
  expect([buckets.anyOdd(), buckets.odd(7)]).toEqual([false, false]);
  buckets.add(7, digest("d"), 1);
  buckets.add(7, digest("d"), 1);
  buckets.add(7, digest("d"), -1);
  expect([buckets.anyOdd(), buckets.odd(7), buckets.odd(8)]).toEqual([true, true, false]);
});

test("keys spread over the buckets, long ones too", () => {
  const of = (key: (i: number) => string): number =>
    new Set(Array.from({ length: 4096 }, (_, i) => bucketOf([key(i)]))).size;
  expect(of((i) => `t${i}`)).toBeGreaterThan(2000);
  expect(of((i) => `t${"long ".repeat(100)}${i}`)).toBeGreaterThan(2000);
  expect(bucketOf(["ab", "c"])).not.toBe(bucketOf(["a", "bc"]));
});
