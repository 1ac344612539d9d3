/** What the transforms before the plan could not keep: a hazard where something is lost that nobody asked to drop. */
import type { Hazards } from "./acceptance.ts";
import type { PlanInput } from "./context.ts";

export function planLeftOut(planning: {
  readonly input: PlanInput;
  readonly hazards: Hazards;
  readonly leftOut: { object: string; reason: string }[];
}): void {
  for (const { object, reason, hazard } of planning.input.leftOut ?? []) {
    if (hazard === undefined) planning.leftOut.push({ object, reason });
    else planning.hazards.meet({ ...hazard, message: `${object}: ${reason}` });
  }
}
