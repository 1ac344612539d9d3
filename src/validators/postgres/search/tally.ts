/** Numbers of one class of queries, as they come in. */

import type { ClassReport } from "../../../core/search-report.ts";
import type { Answer, Comparison } from "./answer.ts";
import { latency, overlap, rankBiasedOverlap } from "./measures.ts";

export type Tally = {
  add(source: Answer, target: Answer, comparison: Comparison): void;
  report(): ClassReport;
};

export function tallyOf(name: string): Tally {
  const counts = { queries: 0, refused: 0, empty: 0, sets: 0, order10: 0, order50: 0, scores: 0 };
  const means = { measured: 0, overlap10: 0, rbo: 0 };
  const times = { source: [] as number[], target: [] as number[] };
  let maxScoreDifference = 0;
  return {
    add(source, target, comparison) {
      counts.queries += 1;
      counts.refused += Number(comparison.outcome === "refused");
      counts.empty += Number(source.ok && source.ids.length === 0);
      counts.sets += Number(comparison.sets);
      counts.order10 += Number(comparison.sets && comparison.order10);
      counts.order50 += Number(comparison.sets && comparison.order50);
      counts.scores += Number(comparison.sameScores);
      maxScoreDifference = Math.max(maxScoreDifference, comparison.maxScoreDifference);
      times.source.push(source.ms);
      times.target.push(target.ms);
      if (!source.ok || source.ids.length === 0) return;
      const theirs = target.ok ? target.ids : [];
      means.measured += 1;
      means.overlap10 += overlap(source.ids, theirs, 10);
      means.rbo += rankBiasedOverlap(source.ids, theirs);
    },
    report: () => ({
      class: name,
      ...counts,
      // JSON has no infinity.
      maxScoreDifference: Math.min(maxScoreDifference, Number.MAX_VALUE),
      overlap10: mean(means.overlap10, means.measured),
      rbo: mean(means.rbo, means.measured),
      source: latency(times.source),
      target: latency(times.target),
    }),
  };
}

function mean(sum: number, count: number): number {
  return count === 0 ? 1 : Math.round((sum / count) * 10_000) / 10_000;
}
