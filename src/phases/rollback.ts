/** Rollback: back to the state before the cutover; also undoes a cutover or rollback that was interrupted. */

import { RowhaulError } from "../core/messages/errors.ts";
import { hasReached } from "../core/run-stages.ts";
import type { Session } from "../core/session.ts";
import { Journal, type JournalStep } from "../run-folder/journal.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import { type Context, phase } from "./run/context.ts";
import { undo } from "./undo.ts";

export async function rollBack(
  context: Context,
  folder: RunFolder,
  session: Session,
  options: { readonly discardNewWrites: boolean },
): Promise<void> {
  await phase(context, "rollback", async () => {
    const journal = new Journal(folder.journalPath);
    const { stage } = folder.record;
    if (!hasReached(stage, "switched") && journal.open() === null) {
      throw new RowhaulError(
        "NO_RUN",
        `Run ${folder.record.id} is not switched (${stage}), so there is nothing to roll back.`,
        { hint: "`rowhaul status <pipeline>` shows the runs and how far each came." },
      );
    }
    const { plan } = session;
    const edits = journal.edits();
    const files = edits.length === 0 ? null : await context.parts.files();
    for (const edit of edits) files?.checkUndo(edit);
    const before = journal.open();
    journal.write({ step: "rollback" });
    let stays: readonly string[];
    try {
      stays = await undo(context, folder, session, {
        discardNewWrites: options.discardNewWrites,
        status: "rolled back",
      });
    } catch (thrown) {
      if (await isUntouched(context, folder, thrown)) stand(journal, before);
      throw thrown;
    }
    folder.update({ stage: "rolled back", finishedAt: new Date().toISOString(), untold: true });
    for (const message of stays) context.emit({ type: "notice", level: "info", message });
    return {
      result: undefined,
      summary: [
        `the application's files and schema ${plan.target.schema} are as before; the new tables are kept in ${plan.target.staging}`,
        ...stays,
      ].join(". "),
    };
  });
}

/** Whether the failed rollback changed nothing, so that the cutover stands as it did. */
async function isUntouched(context: Context, folder: RunFolder, thrown: unknown): Promise<boolean> {
  if (thrown instanceof RowhaulError && thrown.code === "ROLLBACK_REFUSED") return true;
  const row = await context.parts.target.runs.read(folder.record.id).catch(() => null);
  return hasReached(row?.status, "switched");
}

/** Closes the rollback's entry: after a finished cutover with "done", else with the steps of the cutover that is still open. */
function stand(journal: Journal, before: readonly JournalStep[] | null): void {
  if (before === null) journal.write({ step: "done" });
  else for (const step of before) journal.write(step);
}

/** An interrupted cutover or rollback is undone before anything else. Returns whether there was one. */
export async function undoInterrupted(
  context: Context,
  folder: RunFolder,
  session: Session,
  discardNewWrites: boolean,
): Promise<boolean> {
  const journal = new Journal(folder.journalPath);
  const open = journal.open();
  if (open === null) return false;
  const wasRollback = open[0]?.step === "rollback";
  context.emit({
    type: "notice",
    level: "warning",
    message: `An interrupted ${wasRollback ? "rollback" : "cutover"} of run ${folder.record.id} is being ${wasRollback ? "finished" : "rolled back"} first.`,
  });
  await undo(context, folder, session, {
    // Until the files were switched, only a health check can have written to the new tables.
    discardNewWrites: discardNewWrites || (!wasRollback && !open.some((step) => step.step === "files switched")),
    status: wasRollback ? "rolled back" : "loaded",
  });
  folder.update(wasRollback ? { stage: "rolled back" } : { stage: "loaded", finishedAt: null });
  return true;
}
