/** What every job takes. */
import type { Emit } from "../../core/events.ts";
import type { Plan } from "../../core/plan/plan.ts";
import type { RunOptions } from "../../phases/run-options.ts";

export type Options = {
  /** Receives every event; must not throw. */
  readonly onEvent?: Emit;
  /** Stops cleanly: the run can be resumed. */
  readonly signal?: AbortSignal;
  /** Takes every hazard's default policy. */
  readonly acceptAll?: boolean;
  /** Discards a stopped run and takes a new snapshot. */
  readonly fresh?: boolean;
  /** Asked with the plan before the target is changed; default: yes. */
  readonly confirm?: (plan: Plan) => Promise<boolean>;
  /** Called with the plan as soon as it is made, accepted or not. */
  readonly onPlan?: (plan: Plan) => void;
  /** The last phase to run; default: all of them. */
  readonly until?: RunOptions["until"];
  readonly dryRun?: boolean;
  readonly forward?: boolean;
  /** Goes on although rows that the application wrote since an earlier switch would be hidden. */
  readonly discardNewWrites?: boolean;
  /** Only goes on with a run whose validation passed; else throws NOT_VALIDATED. */
  readonly validated?: boolean;
  /** Where an embedded target lives; `temporary` throws it away. */
  readonly embedded?: "kept" | "temporary";
};
