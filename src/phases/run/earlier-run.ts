/** The newest run of a pipeline, before another one: it is gone on with, stands in the way, or is let go. */
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { hasReached } from "../../core/run-stages.ts";
import { Journal } from "../../run-folder/journal.ts";
import type { RunFolder } from "../../run-folder/run-folder.ts";
import type { RunHome } from "../../run-folder/run-home.ts";
import { settleRecord } from "../../run-folder/settle.ts";
import type { Context } from "./context.ts";
import { checkKnown, isLost, stateLost, stateLostWithFolder } from "./known-state.ts";
import type { RunOptions } from "./run-options.ts";

export type EarlierRun = {
  readonly folder: RunFolder | null;
  /** Why nothing can be done with it; only a fresh run lets it go. */
  readonly lost: RowhaulError | null;
};

/** As far as the disk tells. Throws RUN_FILE_DAMAGED, SNAPSHOT_LOST, STATE_LOST, STATE_NEWER, LOCAL_DISK. */
export async function findEarlier(context: Context, { fresh }: Pick<RunOptions, "fresh">): Promise<EarlierRun> {
  const folder = latestOf(context.home, fresh);
  if (folder === null) return { folder, lost: null };
  try {
    await settled(context, folder);
    // A way back that must be gone first needs the plan.
    if (new Journal(folder.journalPath).open() !== null) folder.plan;
    return { folder, lost: null };
  } catch (thrown) {
    if (!fresh || !isLost(thrown)) throw thrown;
    return { folder, lost: thrown };
  }
}

/** What the journal says has happened. Where it is gone, STATE_LOST says what is left to do. */
export async function settled(context: Context, folder: RunFolder): Promise<void> {
  try {
    settleRecord(folder);
  } catch (thrown) {
    if (!(thrown instanceof RowhaulError) || thrown.code !== "STATE_LOST") throw thrown;
    throw await stateLost(context, folder, thrown.message.replace(/\.$/, ""));
  }
}

/**
 * As far as the target tells; to be called by whoever has claimed the runs. Returns the run when there is one to reckon
 * with. Throws STATE_LOST, LOAD_LOST.
 */
export async function reckonWith(
  context: Context,
  { folder, lost }: EarlierRun,
  { fresh }: Pick<RunOptions, "fresh">,
): Promise<RunFolder | null> {
  if (folder === null) {
    if (!fresh) await refuseLostFolder(context);
    return null;
  }
  if (lost !== null) return letGo(context, folder, lost);
  try {
    await checkKnown(context, folder);
    return folder;
  } catch (thrown) {
    if (!isLost(thrown)) throw thrown;
    if (fresh) return letGo(context, folder, thrown);
    if (!(await isEmptied(context, folder))) throw thrown;
    context.emit({
      type: "notice",
      level: "warning",
      message: `The target holds nothing of run ${folder.id} any more, which was done: everything begins anew.`,
    });
    return folder;
  }
}

/** Whoever removed the folder of a switched run has removed its way back. */
async function refuseLostFolder(context: Context): Promise<void> {
  const named = context.home.named();
  if (named === null || !hasReached((await context.parts.target.runs.read(named))?.status, "switched")) return;
  throw await stateLostWithFolder(
    context,
    named,
    `Run ${named} is switched, and its folder is not in ${context.home.path}`,
  );
}

/** A server that was made anew, for instance: there is nothing to go back to, and nothing in the way. */
async function isEmptied({ parts }: Context, folder: RunFolder): Promise<boolean> {
  const { runs } = parts.target;
  if (folder.record.stage !== "done" || new Journal(folder.journalPath).open() !== null) return false;
  return (await runs.read(folder.id)) === null && (await runs.byHand(folder.id, folder.plan)).length === 0;
}

function letGo({ emit }: Context, folder: RunFolder, why: RowhaulError): null {
  const aside = folder.setAside();
  const steps = why.details.length === 0 ? "" : ` ${why.details.join(" ")}`;
  emit({
    type: "notice",
    level: "warning",
    message: `Run ${folder.id} is given up: ${messageOf(why)}${steps} What is left of it is in ${aside}.`,
  });
  return null;
}

function latestOf(home: RunHome, fresh: boolean): RunFolder | null {
  try {
    return home.latest();
  } catch (thrown) {
    if (!fresh || !isLost(thrown)) throw thrown;
    return home.newest();
  }
}
