/** The environment's queries, timed on the source before the move and on the target before the switch. */
import type { PerformanceSettings } from "../core/environment.ts";
import type { Plan } from "../core/plan/plan.ts";
import type { SnapshotInfo } from "../core/ports.ts";
import { type CheckLine, refuseFailures } from "../operations/checklist.ts";
import {
  baselineLines,
  comparePerformance,
  type Measurement,
  measureBaseline,
  measureTarget,
  refuseSlower,
} from "../operations/performance.ts";
import { readFormat, writeFormat } from "../run-folder/formats/format.ts";
import { baselineFormat } from "../run-folder/formats/measurements.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import type { Context } from "./run/context.ts";
import { unlessDamaged } from "./run/earlier-runs.ts";

/** Throws CHECKS_FAILED for a query that the source itself does not answer. */
export async function measureSource(context: Context, folder: RunFolder, info: SnapshotInfo): Promise<void> {
  const { performance } = context.settings.environment;
  if (performance !== null) await baseline(context, performance, folder, info);
}

/** `schema`: where the tables are. Throws TARGET_SLOWER. */
export async function measureMoved(context: Context, folder: RunFolder, plan: Plan, schema: string): Promise<void> {
  const { performance } = context.settings.environment;
  if (performance === null) return;
  const { snapshot } = folder.record;
  // The environment may ask for other queries by now.
  const before = snapshot === null ? [] : await baseline(context, performance, folder, snapshot);
  const { queries } = context.parts;
  const place = { run: folder.record.id, plan, schema };
  const after = await measureTarget(
    performance,
    (sql) => queries.ask(place, sql),
    (sql) => queries.translate(place, sql),
    context.signal,
  );
  const lines = comparePerformance(performance, before, after);
  emitLines(context, lines);
  refuseSlower(lines);
}

/** Kept in the run folder, so that a resumed run compares with the same times. */
async function baseline(
  context: Context,
  performance: PerformanceSettings,
  folder: RunFolder,
  info: SnapshotInfo,
): Promise<readonly Measurement[]> {
  const asked = performance.queries.map(({ name, source }) => ({ name, source }));
  const path = folder.file("baseline.json");
  const kept = unlessDamaged(() => readFormat(path, baselineFormat), context.emit);
  if (kept !== null && JSON.stringify(kept.asked) === JSON.stringify(asked)) return kept.measured;
  const measured = await measureBaseline(performance, info.path, context.signal);
  const lines = baselineLines(measured);
  emitLines(context, lines);
  refuseFailures({ lines, thrown: [] });
  writeFormat(path, baselineFormat, { asked, measured });
  return measured;
}

function emitLines({ emit }: Context, lines: readonly CheckLine[]): void {
  for (const line of lines) emit({ type: "check", ...line });
}
