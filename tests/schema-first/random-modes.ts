/**
 * Whole runs into random tables with random rows on both sides, each table by a mode of its own, against a plain model.
 * ROWHAUL_MODES: how many; ROWHAUL_MODES_SEED: of the first lane; ROWHAUL_MODES_PATH: with that seed, plays one again.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cases } from "./random/arbitrary.ts";
import type { Case } from "./random/case.ts";
import { play } from "./random/look.ts";
import { pairOf } from "./random/statements.ts";

const path = process.env.ROWHAUL_MODES_PATH;
/** At once: the server works for one while the other reads or makes plans. */
const lanes = path === undefined ? 2 : 1;

/** Defines the tests: `count` cases where the environment names no other number. */
export function randomModes(usualCount: number, usualSeed: number): void {
  const count = Number(process.env.ROWHAUL_MODES ?? usualCount);
  const seed = Number(process.env.ROWHAUL_MODES_SEED ?? usualSeed);
  /** Time to shrink what fails; a run takes a second, and more where others work. */
  const limit = 180_000 + count * 5_000;
  describe.concurrent("random tables, rows and modes", () => {
    it.each(Array.from({ length: lanes }, (_, lane) => [seed + lane]))(
      "arrive as a plain model says, or are refused as it says: seed %i",
      async (own) => {
        const outcomes = { arrived: 0, refused: 0 };
        const property = fc.asyncProperty(cases, async (one) => {
          outcomes[await play(one)]++;
        });
        const found = await fc.check(property, {
          ...{ seed: own, numRuns: Math.ceil(count / lanes), interruptAfterTimeLimit: limit - 60_000 },
          ...(path === undefined ? {} : { path }),
        });
        if (found.counterexample !== null) throw new Error(explained(found), { cause: found.errorInstance });
        if (found.interrupted) throw new Error(`Seed ${own}: out of time after ${found.numRuns} cases`);
        if (path === undefined)
          expect(outcomes.arrived, "cases that are not refused").toBeGreaterThan(found.numRuns / 5);
      },
      limit,
    );
  });
}

function explained({ seed: own, counterexamplePath, numShrinks, counterexample }: fc.RunDetails<[Case]>): string {
  const [one] = counterexample ?? [];
  const { source, live, pipeline } = one === undefined ? { source: "", live: "", pipeline: "" } : pairOf(one);
  return [
    `ROWHAUL_MODES_SEED=${own} ROWHAUL_MODES_PATH=${counterexamplePath} (shrunk ${numShrinks} times)`,
    ...["source:", source, "live:", live, "pipeline:", pipeline],
  ].join("\n");
}
