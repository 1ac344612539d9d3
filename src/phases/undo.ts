/** Undoes a cutover, complete or not: every step first checks whether there is anything to undo. */
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import { undoMs } from "../core/patience.ts";
import type { CommitMark } from "../core/plan/live.ts";
import type { RunStatus } from "../core/run-stages.ts";
import type { Session } from "../core/session.ts";
import { Journal } from "../run-folder/journal.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import type { Context } from "./run/context.ts";
import { stateLost } from "./run/known-state.ts";

/**
 * The schema goes back first, because only that can be refused (ROLLBACK_REFUSED); then the files.
 * Throws UNDO_FAILED with the steps that are left, or the signal's reason. Returns what it leaves as it is, as sentences.
 */
export async function undo(
  context: Context,
  folder: RunFolder,
  session: Session,
  options: { readonly discardNewWrites: boolean; readonly status: RunStatus },
): Promise<readonly string[]> {
  const journal = new Journal(folder.journalPath);
  const edits = journal.edits();
  const files = edits.length === 0 ? null : await context.parts.files();
  const pending = journal.pending();
  const before = (transaction: CommitMark): void => journal.write({ step: "committing", transaction });
  let kept: readonly string[];
  try {
    kept = await withPatience(() => session.switchBack({ ...options, signal: context.signal, pending, before }));
  } catch (thrown) {
    // The second says itself which steps are left.
    if (thrown instanceof RowhaulError && ["ROLLBACK_REFUSED", "UNDO_FAILED"].includes(thrown.code)) throw thrown;
    if (thrown instanceof RowhaulError && thrown.code === "STATE_LOST")
      throw await stateLost(context, folder, thrown.message.replace(/\.$/, ""));
    context.signal.throwIfAborted();
    throw new RowhaulError("UNDO_FAILED", `The schema could not be switched back: ${messageOf(thrown)}`, {
      cause: thrown,
      hint: "Once the cause is gone: `rowhaul rollback <pipeline>`; it goes on where it stopped.",
    });
  }
  const left: string[] = [];
  for (const edit of [...edits].reverse()) {
    try {
      files?.undo(edit);
    } catch (thrown) {
      left.push(`${edit.file}: ${messageOf(thrown)}`, ...(thrown instanceof RowhaulError ? thrown.details : []));
    }
  }
  if (left.length > 0)
    throw new RowhaulError("UNDO_FAILED", "The database is as it was before, but not every file could be put back.", {
      details: left,
    });
  journal.write({ step: "undone" });
  return kept;
}

/** The connection that broke may be why there is something to undo. */
async function withPatience<T>(work: () => Promise<T>): Promise<T> {
  const since = performance.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      const passing = thrown instanceof RowhaulError && ["CONNECTION_LOST", "TARGET_UNREACHABLE"].includes(thrown.code);
      if (!passing || performance.now() - since > undoMs) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** Math.min(attempt, 4)));
    }
  }
}
