import type { Settings } from "../../core/settings.ts";
import type { ExportSummary } from "../../phases/export.ts";
import { withAcceptAll } from "../digest.ts";
import { type ExportOptions, exportSettings } from "../export-data.ts";
import { pathAt } from "../path-at.ts";

export type ExportDataOptions = ExportOptions & { readonly acceptAll?: boolean };

/**
 * Writes a store, or what a pipeline selects and reshapes of it, as NDJSON files with a manifest.
 * Throws SELECTION_INCOMPLETE, EXPORT_EXISTS, LOCAL_DISK, SOURCE_*.
 */
export async function exportData(
  given: Settings,
  folder: string,
  options: ExportDataOptions = {},
): Promise<ExportSummary> {
  return exportSettings(options.acceptAll === true ? withAcceptAll(given) : given, pathAt(folder), options);
}
