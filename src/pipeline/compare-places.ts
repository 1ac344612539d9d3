/** Compares two stores, whatever they are: each is brought into a snapshot of its own first. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareStores } from "../compare/compare.ts";
import type { Comparison, Opened } from "../compare/comparison.ts";
import { type Emit, silent } from "../core/events.ts";
import { cleaningUp } from "../core/messages/clean-up.ts";
import type { Settings } from "../core/settings.ts";
import { provenSnapshot } from "../phases/proven-snapshot.ts";
import { tableSelector } from "../plan/selection.ts";
import { withFullText } from "../search/catalog.ts";
import { openSource } from "./open-source.ts";
import { selectionOf } from "./selection.ts";

export type CompareRequest = {
  /** What is read of either side, as for a run that moves it. */
  readonly a: Settings;
  readonly b: Settings;
  readonly byMeaning?: boolean;
  readonly onEvent?: Emit;
  readonly signal?: AbortSignal;
};

/** Reads both sides only. Throws SOURCE_*, LOCAL_DISK. */
export async function comparePlaces({ a, b, byMeaning, onEvent, signal }: CompareRequest): Promise<Comparison> {
  const emit = onEvent ?? silent;
  const stop = signal ?? new AbortController().signal;
  // Only the user who may read the stores may read this.
  const work = mkdtempSync(join(tmpdir(), "rowhaul-compare-"));
  return cleaningUp(
    async () => {
      const [left, right] = [
        await opened(a, join(work, "a.db"), emit, stop),
        await opened(b, join(work, "b.db"), emit, stop),
      ];
      const selected = tableSelector(selectionOf(a));
      return await compareStores(left, right, {
        tables: selected,
        ...(byMeaning === true ? { mode: "in meaning" as const } : {}),
        scratchFolder: work,
        progress: (item, done) => emit({ type: "progress", phase: "validate", item, done, total: 0, unit: "rows" }),
        signal: stop,
      });
    },
    () => rmSync(work, { recursive: true, force: true }),
  );
}

async function opened(settings: Settings, path: string, emit: Emit, signal: AbortSignal): Promise<Opened> {
  const source = await openSource(settings);
  for (const message of await source.check()) emit({ type: "notice", level: "warning", message });
  const info = await provenSnapshot(source, path, { emit, signal });
  const frozen = source.open(info.path);
  try {
    // What full-text tables keep is compared like any other table's rows.
    const catalog = withFullText(frozen.catalog(), () => true);
    return { shown: source.shown, path: info.path, catalog, kind: settings.source.kind };
  } finally {
    frozen.close();
  }
}
