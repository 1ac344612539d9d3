/** How rows go into tables that are there already. */
import { type IntoMode, intoModes } from "./plan.ts";
import type { TargetSettings } from "./settings.ts";

/** Null when the run's tables are to be the schema's, not their rows the tables'. */
export function intoMode(existing: TargetSettings["existing"]): IntoMode | null {
  return intoModes.find((mode) => mode === existing) ?? null;
}
