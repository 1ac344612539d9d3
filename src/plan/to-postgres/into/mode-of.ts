/** How a source table's rows go into the live table: its own setting, else the target's. */
import { intoMode } from "../../../core/plan/into-mode.ts";
import type { IntoMode } from "../../../core/plan/plan.ts";
import type { Settings } from "../../../core/settings.ts";
import { tableSettings } from "../../context.ts";

export function modeOf(table: string, settings: Settings): IntoMode | null {
  return tableSettings(settings, table).existing ?? intoMode(settings.target.existing);
}
