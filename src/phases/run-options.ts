/** What a run is asked for, and what it answers. */

import type { Plan } from "../core/plan/plan.ts";
import type { RunStage } from "../core/run-stages.ts";

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

export type RunResult = {
  readonly run: string | null;
  readonly stage: RunStage | null;
  readonly plan: Plan | null;
  readonly outcome: string;
  readonly folder: string | null;
};
