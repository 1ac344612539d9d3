/** How long finished runs of the same pipeline took: the best estimate for the next one. */
import type { EarlierRun } from "../../operations/downtime.ts";
import { downtimeSeconds, type PhaseSeconds } from "../../operations/phase-seconds.ts";
import { readFormat, writeFormat } from "../../run-folder/formats/format.ts";
import { secondsFormat } from "../../run-folder/formats/measurements.ts";
import type { RunFolder, RunHome } from "../../run-folder/run-folder.ts";

export function earlierRuns(home: RunHome): EarlierRun[] {
  return home
    .all()
    .filter(({ record }) => record.stage === "done" && record.snapshot !== null)
    .map((folder) => ({
      bytes: folder.record.snapshot?.bytes ?? 0,
      rows: folder.plan.estimate.rows,
      seconds: downtimeSeconds(phaseSeconds(folder)),
    }));
}

export function phaseSeconds(folder: RunFolder): PhaseSeconds {
  return readFormat(secondsPath(folder), secondsFormat) ?? {};
}

export function savePhaseSeconds(folder: RunFolder, seconds: PhaseSeconds): void {
  writeFormat(secondsPath(folder), secondsFormat, seconds);
}

function secondsPath(folder: RunFolder): string {
  return folder.file("seconds.json");
}
