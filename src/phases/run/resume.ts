/** Whether an earlier run is resumed, is finished, or makes way for a new one. */

import { RowhaulError } from "../../core/messages/errors.ts";
import { hasReached, isBefore } from "../../core/run-stages.ts";
import { Journal } from "../../run-folder/journal.ts";
import type { RunFolder, RunRecord } from "../../run-folder/run-folder.ts";
import type { Context } from "./context.ts";
import type { RunOptions } from "./run-options.ts";

/** The run to resume; null when a new one is to be started. Throws when resuming would mix two states. */
export async function resumable(
  context: Context,
  earlier: RunFolder | null,
  options: RunOptions,
): Promise<RunFolder | null> {
  if (earlier === null || options.fresh) return null;
  const { stage, settings } = earlier.record;
  if (stage === "rolled back") return null;
  const open = hasOpenJournal(earlier);
  if (settings === context.settings.digest) {
    if (stage === "done" && !open) return earlier;
    // Nothing is loaded yet: a plan or a dry run always looks at the source as it is now.
    if (isBefore(stage, "loading"))
      return options.until === "plan" ||
        options.dryRun ||
        stage !== "planned" ||
        !(await sameSource(context, earlier.record))
        ? null
        : earlier;
    return earlier;
  }
  const answered = stage === "validated" && earlier.record.answersAsked === true && !open;
  if (!answered && ((hasReached(stage, "loading") && isBefore(stage, "switched")) || open)) {
    throw new RowhaulError(
      "PIPELINE_CHANGED",
      `Run ${earlier.record.id} (${stage}) was made with other settings than the pipeline file has now.`,
    );
  }
  return null;
}

export function hasOpenJournal(folder: RunFolder | null): boolean {
  return folder !== null && new Journal(folder.journalPath).open() !== null;
}

export async function isUnchanged(context: Context, folder: RunFolder, options: RunOptions): Promise<boolean> {
  const { stage, id } = folder.record;
  if (stage !== "done" || hasOpenJournal(folder) || options.until === "preflight") return false;
  if (!(await sameSource(context, folder.record)) && !(await samePagesAsSnapshot(context, folder.record))) return false;
  return (await context.parts.target.runs.read(id))?.status === "done";
}

async function samePagesAsSnapshot(context: Context, record: RunRecord): Promise<boolean> {
  if (record.snapshot === null) return false;
  // Without it nothing says whether anything is new, and all of it would come once more.
  if (!(await context.parts.source.verify(record.snapshot)))
    throw new RowhaulError("SNAPSHOT_LOST", `The snapshot of run ${record.id} is gone or was changed.`);
  try {
    await context.parts.source.checkUnchanged(record.snapshot, context.signal);
    return true;
  } catch (thrown) {
    if (thrown instanceof RowhaulError && thrown.code === "SOURCE_CHANGED") return false;
    throw thrown;
  }
}

export async function sameSource(context: Context, record: RunRecord): Promise<boolean> {
  return record.snapshot !== null && (await context.parts.source.fingerprint()) === record.snapshot.fingerprint;
}
