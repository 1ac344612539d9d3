/** What the parts of planning for SQLite share. */
import type { LeftOut, Note } from "../../core/plan/plan.ts";
import type { Hazards } from "../acceptance.ts";
import type { PlanInput } from "../context.ts";

export type SqlitePlanning = {
  readonly input: PlanInput;
  readonly hazards: Hazards;
  readonly notes: Note[];
  readonly leftOut: LeftOut[];
};
