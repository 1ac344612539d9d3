/** How a run ended well: a code for programs. What a person reads about it is the result's `summary`. */
import type { RunStage } from "../../core/run-stages.ts";

export const outcomes = {
  go: "preflight found nothing in the way; no run was begun",
  planned: "the plan is made, and everything in it is accepted",
  "dry run": "as `planned`, of a run that was asked to stop before it changes anything",
  loaded: "rows, keys and indexes are in staging, not proven yet",
  validated: "every validator passed; the application has not been switched",
  done: "moved, proven and visible to the application",
  "nothing to do": "the newest run is finished, and the source has not changed since",
  rehearsed: "everything but the cutover worked, against a target that is gone again",
  "rolled back": "everything is as it was before the cutover",
} as const;

export type Outcome = keyof typeof outcomes;

/**
 * Of a run that went as far as it was asked to, which is at least to `loaded`. A rollback that had been cut short is
 * finished first, and ends it.
 */
export function outcomeAt(stage: RunStage): Outcome {
  return stage === "validated" || stage === "done" || stage === "rolled back" ? stage : "loaded";
}
