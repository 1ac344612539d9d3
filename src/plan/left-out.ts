/** What the transforms could not keep: a hazard where something is lost that the pipeline did not drop. */
import type { LeftOut } from "../core/plan/plan.ts";
import type { Hazards } from "./acceptance.ts";
import type { PlanInput } from "./context.ts";

export function planLeftOut(planning: {
  readonly input: PlanInput;
  readonly hazards: Hazards;
  readonly leftOut: LeftOut[];
}): void {
  for (const { object, reason, rows, hazard } of planning.input.leftOut ?? []) {
    if (hazard === undefined) planning.leftOut.push({ object, reason, ...(rows === undefined ? {} : { rows }) });
    else planning.hazards.meet({ ...hazard, message: `${object}: ${reason}` });
  }
}
