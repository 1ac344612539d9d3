/** How a source table's rows go into the live table: its own setting, else the target's. */

import type { IntoMode } from "../../../core/plan/into-mode.ts";
import { intoMode } from "../../../core/plan/into-mode.ts";
import { type Asked, tableSettings } from "../../context.ts";

export function modeOf(table: string, asked: Asked): IntoMode | null {
  return tableSettings(asked, table).existing ?? intoMode(asked.settings.target.existing);
}
