/** What a run does to existing rows, for the confirmation before it. */

import { type IntoMode, intoModes } from "../../core/plan/into-mode.ts";
import type { Plan } from "../../core/plan/plan.ts";
import type { TargetSettings } from "../../core/settings.ts";

type Existing = TargetSettings["existing"];

/** Completes "Move 3 rows in 2 tables into …". */
export function existingRowsText(plan: Plan, existing: Existing): string {
  const byMode = intoModes.flatMap((mode) => {
    const names = plan.tables.filter(({ into }) => into === mode).map(({ target }) => target);
    return names.length === 0 ? [] : [{ mode, names }];
  });
  const [only, ...others] = byMode;
  if (others.length > 0)
    return `: ${byMode.map(({ mode, names }) => `${listed(names, mode)} ${ofSome[mode]}`).join("; ")}`;
  return ofAll[only?.mode ?? existing];
}

const ofAll: Readonly<Record<Existing, string>> = {
  refuse: "",
  "keep-aside": ", moving what stands in the way aside",
  append: ", adding them to what is there",
  replace: ", in place of all rows that are there",
  merge: ", in place of rows with the same key",
  skip: ", but those with a key that is there",
};

const ofSome: Readonly<Record<IntoMode, string>> = {
  append: "added to what is there",
  merge: "in place of rows with the same key",
  skip: "but for rows with a key that is there",
  replace: "in place of all rows that are there",
};

const fewNames = 3;

/** Tables that lose rows are all named. */
function listed(names: readonly string[], mode: IntoMode): string {
  if (mode === "replace" || names.length <= fewNames) return names.join(", ");
  return `${names.slice(0, fewNames).join(", ")} and ${names.length - fewNames} more`;
}
