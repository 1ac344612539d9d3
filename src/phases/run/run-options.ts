/** What a run is asked for, and what it answers. */

import type { Plan } from "../../core/plan/plan.ts";
import type { RunStage } from "../../core/run-stages.ts";
import type { Outcome } from "./outcome.ts";

export type RunOptions = {
  /** The last phase to run. */
  readonly until: "preflight" | "plan" | "load" | "validate" | "cutover";
  /** Discards a stopped or finished run and takes a new snapshot. */
  readonly fresh: boolean;
  /** Stops before anything in the target is changed. */
  readonly dryRun: boolean;
  /** Only goes on with a run whose validation passed. */
  readonly validated: boolean;
  /** Replaces live tables although the application wrote to them since an earlier run switched. */
  readonly discardNewWrites: boolean;
  /** Completes an interrupted cutover instead of rolling it back. */
  readonly forward: boolean;
  /** Asked once, with the plan, before anything in the target is changed. */
  readonly confirm: (plan: Plan) => Promise<boolean>;
  /** Called with the plan as soon as it is there, accepted or not. */
  readonly onPlan: (plan: Plan) => void;
};

/** How a run ended well. What ends otherwise throws. */
export type RunResult = {
  /** Its id; null where none was begun. */
  readonly run: string | null;
  readonly stage: RunStage | null;
  readonly plan: Plan | null;
  /** What this call did: a code. */
  readonly outcome: Outcome;
  /** The same for people, with numbers: one sentence, whose words may change. */
  readonly summary: string;
  /** Absolute path of what the run keeps; null where none was begun. */
  readonly folder: string | null;
};
