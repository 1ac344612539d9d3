/**
 * After a crash between the last line of a cutover's journal and the record of
 * it in run.json, the journal is right: what it closed with has happened.
 */
import { RowhaulError } from "../core/messages/errors.ts";
import { damagedJournal } from "./formats/journal-line.ts";
import { Journal, type JournalStep } from "./journal.ts";
import type { RunFolder, RunRecord } from "./run-folder.ts";

/** Throws RUN_FILE_DAMAGED where the journal lacks lines that it must have; STATE_LOST where there is none. */
export function settleRecord(folder: RunFolder): RunRecord {
  const record = folder.record;
  const closed = checkJournal(folder);
  if (closed === null) return record;
  const { intent, last } = closed;
  const finishedAt = new Date().toISOString();
  if (last === "done" && record.stage === "switched") return folder.update({ stage: "done", finishedAt });
  if (last !== "undone") return record;
  return intent.step === "rollback"
    ? folder.update({ stage: "rolled back", finishedAt, untold: true })
    : folder.update({ stage: "loaded", finishedAt: null });
}

type Closing = { readonly intent: JournalStep; readonly last: JournalStep["step"] | undefined };

/** Changes nothing. The last intent and the last step of a run that is switched by its record; else null. Throws as {@link settleRecord}. */
export function checkJournal(folder: RunFolder): Closing | null {
  const record = folder.record;
  const steps = new Journal(folder.journalPath).steps();
  if (record.stage !== "switched" && record.stage !== "done") return null;
  const last = steps.at(-1)?.step;
  const intent = steps.findLast(({ step }) => step === "cutover" || step === "rollback");
  if (intent === undefined)
    throw new RowhaulError(
      "STATE_LOST",
      `${folder.journalPath} is empty or gone, although run ${record.id} is ${record.stage}.`,
      { hint: "`rowhaul rollback <pipeline>` says what is left to do by hand." },
    );
  // The record says so only when the journal does; a rollback that began since is another matter.
  if (record.stage === "done" && intent.step === "cutover" && last !== "done" && last !== "undone")
    throw damagedJournal(folder.journalPath, `it ends with "${last}", although the run is done`);
  return { intent, last };
}
