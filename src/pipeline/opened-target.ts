/** What becomes of a pipeline's target when it is opened. */
import type { MeasureLive, Proof, Target, TargetQueries } from "../core/ports.ts";
import type { Context } from "../phases/context.ts";

export type OpenedTarget = {
  readonly target: Target;
  readonly prove: Proof;
  readonly measureLive: MeasureLive;
  readonly planner: Context["planner"];
  readonly queries: TargetQueries;
};
