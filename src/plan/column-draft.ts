/** A column's encoding before its texts are looked at, with the rules for what it does not carry. */
import type { Encoding } from "../core/encoding.ts";
import type { HazardCode } from "../core/hazards.ts";
import type { CellAction, CellRule } from "../core/plan.ts";

export type ColumnDraft = {
  readonly encoding: Encoding;
  readonly reason: string;
  readonly rules: readonly CellRule[];
};

export function rule(code: HazardCode, when: CellRule["when"], policy: string): CellRule {
  return { code, when, then: policy as CellAction };
}
