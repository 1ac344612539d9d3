/** How a source table's rows go into the live table: its own setting, else the target's. */

import type { IntoMode } from "../../../core/plan/into-mode.ts";
import { intoMode } from "../../../core/plan/into-mode.ts";
import { type PlanScope, tableSettings } from "../../context.ts";

export function modeOf(table: string, scope: PlanScope): IntoMode | null {
  return tableSettings(scope, table).existing ?? intoMode(scope.settings.target.existing);
}
