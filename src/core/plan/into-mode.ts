/** How rows go into tables that are there already. */

import type { TargetSettings } from "../settings.ts";
import { type IntoMode, intoModes } from "./plan.ts";

/** Null when the run's tables are to be the schema's, not their rows the tables'. */
export function intoMode(existing: TargetSettings["existing"]): IntoMode | null {
  return intoModes.find((mode) => mode === existing) ?? null;
}
