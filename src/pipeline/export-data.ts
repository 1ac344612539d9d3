/** Puts an export together: a source, its transforms and the writer of the files. */

import { type Emit, silent } from "../core/events.ts";
import type { Settings } from "../core/settings.ts";
import { writeExport } from "../exports/write.ts";
import { type ExportSummary, exportTo } from "../phases/export.ts";
import { openSource } from "./open-source.ts";
import { selectionOf } from "./selection.ts";
import { transformsOf } from "./transforms-of.ts";

export type ExportOptions = {
  readonly onEvent?: Emit;
  readonly signal?: AbortSignal;
  readonly gzip?: boolean;
  /** Replaces an export that is there. */
  readonly overwrite?: boolean;
};

export async function exportSettings(
  settings: Settings,
  folder: string,
  { onEvent, signal, gzip, overwrite }: ExportOptions,
): Promise<ExportSummary> {
  const source = await openSource(settings);
  return exportTo(
    {
      source,
      transforms: await transformsOf(settings),
      write: writeExport,
      settings,
      selection: selectionOf(settings),
      selectedBySource:
        settings.source.kind === "postgres" && Object.values(settings.tables ?? {}).some(({ where }) => where !== null),
      emit: onEvent ?? silent,
      signal: signal ?? new AbortController().signal,
    },
    { folder, gzip: gzip ?? false, overwrite: overwrite ?? false },
  );
}
