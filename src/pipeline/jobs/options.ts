/** What callers may say, one type a function: whatever a function would ignore does not compile. */
import type { Emit } from "../../core/events.ts";
import type { Plan } from "../../core/plan/plan.ts";
import type { RunOptions as PhaseOptions } from "../../phases/run/run-options.ts";

/** Of everything that takes a while. */
export type WatchOptions = {
  /** Receives every event; must not throw. */
  readonly onEvent?: Emit;
  /** Stops cleanly, and the call rejects with the signal's reason. A run that was stopped goes on when it is run again. */
  readonly signal?: AbortSignal;
};

/** Of whatever makes a plan, or goes on with one. */
export type PlanningOptions = WatchOptions & {
  /** Takes the default policy of every hazard that has one. */
  readonly acceptAll?: boolean;
  /** Discards a stopped or finished run and takes a new snapshot. */
  readonly fresh?: boolean;
};

export type CheckOptions = PlanningOptions;

export type PlanOptions = PlanningOptions & {
  /** Called with the plan as soon as it is made, accepted or not. */
  readonly onPlan?: (plan: Plan) => void;
};

export type LoadOptions = PlanOptions & {
  /** Asked with the plan before the target is changed; false rejects with NOT_CONFIRMED. Default: yes. */
  readonly confirm?: (plan: Plan) => Promise<boolean>;
  /** Stops before anything in the target is changed. */
  readonly dryRun?: boolean;
  /** Goes on although rows that the application wrote since an earlier switch would be hidden. */
  readonly discardNewWrites?: boolean;
};

export type RunOptions = LoadOptions & {
  /** Completes a cutover that was interrupted, instead of rolling it back first. */
  readonly forward?: boolean;
  /** The last phase: `validate` leaves the application where it is. Default: `cutover`. */
  readonly until?: "validate" | "cutover";
};

/** A cutover goes on with a run that is validated: it takes no new snapshot. */
export type CutoverOptions = Omit<RunOptions, "fresh" | "until">;

export type ValidateOptions = WatchOptions;

export type RehearseOptions = WatchOptions & Pick<PlanOptions, "acceptAll" | "onPlan">;

export type RollbackOptions = WatchOptions & Pick<LoadOptions, "confirm" | "discardNewWrites">;

export type CleanOptions = WatchOptions & {
  /** Asked before anything is removed; false rejects with NOT_CONFIRMED. Default: yes. */
  readonly confirm?: () => Promise<boolean>;
};

/** What a run of phases is told inside: everything, and what only other jobs say. */
export type InnerRunOptions = Omit<RunOptions, "until"> & {
  readonly until?: PhaseOptions["until"];
  /** Only goes on with a run whose validation passed; else throws NOT_VALIDATED. */
  readonly validated?: boolean;
  /** Where an embedded target lives; `temporary` throws it away. */
  readonly embedded?: "kept" | "temporary";
};
