/** How long finished runs of the same pipeline took: the best estimate for the next one. */
import { type Emit, silent } from "../../core/events.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { EarlierRun } from "../../operations/downtime.ts";
import { downtimeSeconds, type PhaseSeconds } from "../../operations/phase-seconds.ts";
import { readFormat, writeFormat } from "../../run-folder/formats/format.ts";
import { secondsFormat } from "../../run-folder/formats/measurements.ts";
import type { RunFolder } from "../../run-folder/run-folder.ts";
import type { RunHome } from "../../run-folder/run-home.ts";

/** One whose files are damaged is no help for an estimate, and no reason to stop: whoever needs it says so. */
export function earlierRuns(home: RunHome): EarlierRun[] {
  return home.kept().flatMap(({ folder, record }) => {
    if (record?.stage !== "done" || record.snapshot === null) return [];
    const { bytes } = record.snapshot;
    return (
      unlessDamaged(() => [
        { bytes, rows: folder.plan.estimate.rows, seconds: downtimeSeconds(phaseSeconds(folder, silent)) },
      ]) ?? []
    );
  });
}

/** Measurements that are damaged are given up, with a warning: nothing but estimates depends on them. */
export function phaseSeconds(folder: RunFolder, emit: Emit): PhaseSeconds {
  return unlessDamaged(() => readFormat(secondsPath(folder), secondsFormat), emit) ?? {};
}

export function savePhaseSeconds(folder: RunFolder, seconds: PhaseSeconds): void {
  writeFormat(secondsPath(folder), secondsFormat, seconds);
}

/** Null, after a warning, for a file that cannot be used. Throws STATE_NEWER. */
export function unlessDamaged<T>(read: () => T, emit: Emit = silent): T | null {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof RowhaulError) || thrown.code === "STATE_NEWER") throw thrown;
    emit({ type: "notice", level: "warning", message: `${thrown.message} It is done without.` });
    return null;
  }
}

function secondsPath(folder: RunFolder): string {
  return folder.file("seconds.json");
}
