/** The environment's queries, timed on the source before the move and on the target before the switch. */
import type { Plan } from "../core/plan.ts";
import type { SnapshotInfo } from "../core/ports.ts";
import type { CheckLine } from "../environment/checklist.ts";
import {
  baselineLines,
  comparePerformance,
  type Measurement,
  measureBaseline,
  measureTarget,
  refuseSlower,
} from "../environment/performance.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import { readJson, writeJson } from "../run-folder/write-file.ts";
import type { Context } from "./context.ts";

/** Kept in the run folder, so that a resumed run compares with the same times. */
export async function measureSource(context: Context, folder: RunFolder, info: SnapshotInfo): Promise<void> {
  const { performance } = context.settings.environment;
  const path = folder.file("baseline.json");
  if (performance === null || readJson<readonly Measurement[]>(path) !== null) return;
  const before = await measureBaseline(performance, info.path, context.signal);
  writeJson(path, before);
  tell(context, baselineLines(before));
}

/** `schema`: where the tables are. Throws TARGET_SLOWER. */
export async function measureMoved(context: Context, folder: RunFolder, plan: Plan, schema: string): Promise<void> {
  const { performance } = context.settings.environment;
  if (performance === null) return;
  const { queries } = context.parts;
  const place = { run: folder.record.id, plan, schema };
  const after = await measureTarget(
    performance,
    (sql) => queries.ask(place, sql),
    (sql) => queries.translate(place, sql),
    context.signal,
  );
  const before = readJson<readonly Measurement[]>(folder.file("baseline.json")) ?? [];
  const lines = comparePerformance(performance, before, after);
  tell(context, lines);
  refuseSlower(lines);
}

function tell({ emit }: Context, lines: readonly CheckLine[]): void {
  for (const line of lines) emit({ type: "check", ...line });
}
