/** What a planner makes of its input, whatever the target. */
import type { Plan } from "../core/plan/plan.ts";
import type { PlanInput, Trial } from "./context.ts";

/** What the probe runs in a transaction that it rolls back: `setup` must work, each trial may fail. */
export type ProbeScript = { readonly setup: readonly string[]; readonly trials: readonly Trial[] };

export type Planned = { readonly plan: Plan; readonly probe: ProbeScript };

/** Pure. Throws PLAN_INVALID. */
export type Planner = (input: PlanInput) => Planned;
