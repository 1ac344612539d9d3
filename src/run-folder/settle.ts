/**
 * After a crash between the last line of a cutover's journal and the record of
 * it in run.json, the journal is right: what it closed with has happened.
 */
import { damagedJournal } from "./formats/journal-line.ts";
import { Journal } from "./journal.ts";
import type { RunFolder, RunRecord } from "./run-folder.ts";

/** Throws RUN_FILE_DAMAGED where the journal lacks lines that it must have. */
export function settleRecord(folder: RunFolder): RunRecord {
  const record = folder.record;
  if (record.stage !== "switched" && record.stage !== "done") return record;
  const steps = new Journal(folder.journalPath).steps();
  const last = steps.at(-1)?.step;
  const intent = steps.findLast(({ step }) => step === "cutover" || step === "rollback");
  if (intent === undefined)
    throw damagedJournal(folder.journalPath, `it is empty or gone, although the run is ${record.stage}`);
  // The record says so only when the journal does; a rollback that began since is another matter.
  if (record.stage === "done" && intent.step === "cutover" && last !== "done" && last !== "undone")
    throw damagedJournal(folder.journalPath, `it ends with "${last}", although the run is done`);
  const finishedAt = new Date().toISOString();
  if (last === "done" && record.stage === "switched") return folder.update({ stage: "done", finishedAt });
  if (last !== "undone") return record;
  return intent.step === "rollback"
    ? folder.update({ stage: "rolled back", finishedAt })
    : folder.update({ stage: "loaded", finishedAt: null });
}
