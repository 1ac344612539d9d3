/** What a table cannot keep after its steps, and whether that must be accepted. */
import type { HazardCode } from "../../core/plan/hazards.ts";
import type { TransformReport } from "../../core/plan/transform.ts";

export type LeftOut = TransformReport["leftOut"][number] & {
  /** Whose loss it is: nothing is lost of a table that does not move. */
  readonly table: string;
};

export type Leave = (
  table: string,
  object: string,
  reason: string,
  /** Absent where the pipeline drops the very column, and for what only speed depends on. */
  hazard?: { readonly code: HazardCode; readonly at: string },
) => void;
