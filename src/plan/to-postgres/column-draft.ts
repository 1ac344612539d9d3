/** What a column is to become, decided before its texts are examined; with rules for cells its encoding cannot carry. */

import type { HazardCode } from "../../core/plan/hazards.ts";
import type { CellAction, CellRule } from "../../core/plan/plan.ts";
import type { Encoding } from "../../core/values/encoding.ts";

/** What the values ask for. `note`: the code under which the plan says so. */
export type Choice = { readonly encoding: Encoding; readonly reason: string; readonly note?: string };

export type ColumnDraft = {
  readonly encoding: Encoding;
  readonly reason: string;
  readonly rules: readonly CellRule[];
};

export function rule(code: HazardCode, when: CellRule["when"], policy: string): CellRule {
  return { code, when, then: policy as CellAction };
}
