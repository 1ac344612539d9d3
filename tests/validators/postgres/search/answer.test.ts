import { expect, test } from "vitest";
import { type Answer, compareAnswers } from "../../../../src/validators/postgres/search/answer.ts";

const answer = (...hits: readonly [number, number][]): Answer => ({
  ...{ ok: true, ids: hits.map(([id]) => BigInt(id)), scores: hits.map(([, score]) => score), ms: 1 },
});
const refusal = (error: string): Answer => ({ ok: false, error, ms: 1 });

test("equal", () => {
  const hits = answer([3, -2], [-1, -1.5], [2, -1]);
  expect(compareAnswers(hits, hits)).toMatchObject({ sets: true, order10: true, order50: true, sameScores: true });
  expect(compareAnswers(answer(), answer())).toMatchObject({ sets: true, order10: true, sameScores: true });
});

test("rows of one side only", () => {
  const compared = compareAnswers(answer([1, -3], [2, -2], [-9, -1]), answer([1, -3], [7, -2]));
  expect(compared).toMatchObject({
    sets: false,
    order10: false,
    missing: { ids: [-9n, 2n], count: 2 },
    extra: { ids: [7n], count: 1 },
  });
});

test("order: of ties, by scores, and only behind the first ten", () => {
  const ties = compareAnswers(answer([1, -2], [2, -2]), answer([2, -2], [1, -2]));
  expect(ties).toMatchObject({ sets: true, order10: false, tiesOnly: true, sameScores: true });
  const scores = compareAnswers(answer([1, -2], [2, -1]), answer([2, -2.5], [1, -2]));
  expect(scores).toMatchObject({ sets: true, order10: false, tiesOnly: false, maxScoreDifference: 1.5 });
  const hits = Array.from({ length: 20 }, (_, i): [number, number] => [i, i]);
  const swapped = [...hits.slice(0, 18), ...hits.slice(18).reverse()];
  expect(compareAnswers(answer(...hits), answer(...swapped))).toMatchObject({ order10: true, order50: false });
});

test("the last bit of a score counts", () => {
  const compared = compareAnswers(answer([1, -0.1]), answer([1, -0.1 - 2 ** -56]));
  expect(compared).toMatchObject({ sets: true, order50: true, sameScores: false });
  expect(compared.maxScoreDifference).toBeLessThan(1e-16);
});

test("errors", () => {
  expect(compareAnswers(refusal("fts5: a"), refusal("fts5: a"))).toMatchObject({
    outcome: "refused",
    sets: true,
    sameText: true,
  });
  expect(compareAnswers(refusal("fts5: a"), refusal("fts5: b"))).toMatchObject({
    outcome: "refused",
    sets: true,
    sameText: false,
  });
  // PostgreSQL failing by itself is no answer to a query that FTS5 refuses
  expect(compareAnswers(refusal("fts5: a"), refusal("permission denied"))).toMatchObject({ sets: false });
  expect(compareAnswers(refusal("a"), answer())).toMatchObject({ outcome: "refused by one", sets: false });
  expect(compareAnswers(answer([4, -1]), refusal("a"))).toMatchObject({
    sets: false,
    missing: { ids: [4n], count: 1 },
  });
});
