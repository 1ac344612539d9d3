import { expect, test } from "vitest";
import { hasReached, isBefore, type RunStage } from "../../src/core/run-stages.ts";

test.each<[RunStage | undefined, boolean, boolean]>([
  ["new", false, true],
  ["loading", false, true],
  ["loaded", true, false],
  ["done", true, false],
  ["rolled back", false, false],
  [undefined, false, false],
])("%s: has reached loaded %s, is before it %s", (stage, reached, before) => {
  expect([hasReached(stage, "loaded"), isBefore(stage, "loaded")]).toEqual([reached, before]);
});
