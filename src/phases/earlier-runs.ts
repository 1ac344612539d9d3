/** What finished runs of the same pipeline took: the best estimate of what the next one will. */
import type { EarlierRun } from "../operations/downtime.ts";
import { downtimeSeconds, type PhaseSeconds } from "../operations/phase-seconds.ts";
import type { RunFolder, RunHome } from "../run-folder/run-folder.ts";
import { readJson } from "../run-folder/write-file.ts";

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
  return readJson<PhaseSeconds>(secondsPath(folder)) ?? {};
}

export function secondsPath(folder: RunFolder): string {
  return folder.file("seconds.json");
}
