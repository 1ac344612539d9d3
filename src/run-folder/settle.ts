/**
 * After a crash between the last line of a cutover's journal and the record of
 * it in run.json, the journal is right: what it closed with has happened.
 */
import { Journal } from "./journal.ts";
import type { RunFolder, RunRecord } from "./run-folder.ts";

export function settleRecord(folder: RunFolder): RunRecord {
  const record = folder.record;
  if (record.stage !== "switched" && record.stage !== "done") return record;
  const steps = new Journal(folder.journalPath).steps();
  const last = steps.at(-1)?.step;
  const finishedAt = new Date().toISOString();
  if (last === "done" && record.stage === "switched") return folder.update({ stage: "done", finishedAt });
  if (last !== "undone") return record;
  const intent = steps.findLast(({ step }) => step === "cutover" || step === "rollback");
  return intent?.step === "rollback"
    ? folder.update({ stage: "rolled back", finishedAt })
    : folder.update({ stage: "loaded", finishedAt: null });
}
