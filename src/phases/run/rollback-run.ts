/** Rolls a finished run back, or one that was interrupted in its cutover. */
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { hasReached } from "../../core/run-stages.ts";
import { Journal } from "../../run-folder/journal.ts";
import type { RunFolder } from "../../run-folder/run-folder.ts";
import type { KeptRun } from "../../run-folder/run-home.ts";
import { reportOrWarn } from "../report.ts";
import { rollBack } from "../rollback.ts";
import type { Context } from "./context.ts";
import { settled } from "./earlier-run.ts";
import { notifyFailure, notifyOutcome } from "./environment-steps.ts";
import { inSession } from "./in-session.ts";
import { checkKnown, isLost, stateLost, stateLostWithFolder } from "./known-state.ts";
import type { RunResult } from "./run-options.ts";
import { runResult } from "./run-result.ts";

type RollbackOptions = {
  readonly discardNewWrites: boolean;
  readonly confirm: (folder: RunFolder) => Promise<boolean>;
};

/** Rolls the newest switched run back. */
export async function rollbackRun(context: Context, options: RollbackOptions): Promise<RunResult> {
  const startedAt = new Date();
  let done: RunResult;
  try {
    done = await performRollback(context, options);
  } catch (thrown) {
    throw await notifyFailure(context, startedAt, thrown);
  }
  await notifyOutcome(context, startedAt, { ...done, rolledBack: true });
  return done;
}

async function performRollback(context: Context, options: RollbackOptions): Promise<RunResult> {
  const folder = await findSwitched(context);
  // A rollback was killed when all that was left to do was to say so.
  if (folder.record.untold === true) return told(context, folder);
  if (!(await options.confirm(folder))) throw new RowhaulError("NOT_CONFIRMED", "Not confirmed; nothing was changed.");
  return inSession(context, folder, folder.plan, async (session, leased) => {
    await rollBack(leased, folder, session, { discardNewWrites: options.discardNewWrites });
    return told(leased, folder);
  });
}

async function told(context: Context, folder: RunFolder): Promise<RunResult> {
  await reportOrWarn(context, folder);
  folder.tell();
  return runResult(folder, folder.plan, "rolled back", "rolled back");
}

/** The newest run that is switched, or about to be. Throws NO_RUN; STATE_LOST where it cannot be known. */
async function findSwitched(context: Context): Promise<RunFolder> {
  const kept = context.home.kept();
  await refuseUnknown(context, kept);
  for (const one of kept.toReversed()) {
    const { folder, problem } = one;
    if (problem === null ? await isSwitched(context, folder) : await mayBeSwitched(context, one)) return folder;
  }
  throw new RowhaulError(
    "NO_RUN",
    `No run of ${context.settings.name} is switched, so there is nothing to roll back.`,
    {
      hint: "`rowhaul status <pipeline>` shows the runs and how far each came.",
    },
  );
}

async function isSwitched(context: Context, folder: RunFolder): Promise<boolean> {
  await settled(context, folder);
  const { stage, untold } = folder.record;
  if (untold === true) return true;
  if (stage === "rolled back") return false;
  try {
    await checkKnown(context, folder);
  } catch (thrown) {
    // What was loaded and never switched has no way back that could be lost.
    if (!(thrown instanceof RowhaulError) || thrown.code !== "LOAD_LOST") throw thrown;
  }
  return hasReached(stage, "switched") || new Journal(folder.journalPath).open() !== null;
}

/** Its folder does not say; where the target does not either, it never came so far. Throws what is wrong with the folder. */
async function mayBeSwitched(context: Context, { folder, problem }: KeptRun): Promise<boolean> {
  if (!isLost(problem)) throw problem;
  if (!hasReached((await context.parts.target.runs.read(folder.id))?.status, "switched")) return false;
  // A file that is there can be put back from a copy.
  if (problem.code !== "SNAPSHOT_LOST") throw problem;
  throw await stateLost(context, folder, messageOf(problem).replace(/\.$/, ""));
}

/** A switched run whose folder is not among these must not be passed over for an older one. */
async function refuseUnknown(context: Context, kept: readonly KeptRun[]): Promise<void> {
  const known = new Set([...kept.map(({ folder }) => folder.id)]);
  const rows = await context.parts.target.runs.list(context.settings.name);
  const named = context.home.named();
  const newest = rows.findLast(({ status }) => hasReached(status, "switched"));
  const lost = [named, newest?.run].find((id) => id !== undefined && id !== null && !known.has(id));
  if (lost === undefined || lost === null) return;
  const row = rows.find(({ run }) => run === lost);
  if (!hasReached(row?.status, "switched")) return;
  throw await stateLostWithFolder(
    context,
    lost,
    `Run ${lost} is ${row?.status}, and its folder is not in ${context.home.path}`,
  );
}
