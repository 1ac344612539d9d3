/** What a planner makes of its input, whatever the target. */
import type { Plan } from "../core/plan/plan.ts";
import type { ProbeScript } from "../core/ports.ts";
import type { PlanInput } from "./context.ts";

export type Planned = { readonly plan: Plan; readonly probe: ProbeScript };

/** Pure. Throws PLAN_INVALID. */
export type Planner = (input: PlanInput) => Planned;
