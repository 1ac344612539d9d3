/** Rolls a finished run back, or one that was interrupted in its cutover. */
import { RowhaulError } from "../../core/messages/errors.ts";
import { hasReached } from "../../core/run-stages.ts";
import { Journal } from "../../run-folder/journal.ts";
import type { RunFolder } from "../../run-folder/run-folder.ts";
import { settleRecord } from "../../run-folder/settle.ts";
import { writeReport } from "../report.ts";
import { rollBack } from "../rollback.ts";
import type { Context } from "./context.ts";
import { notifyOutcome } from "./environment-steps.ts";
import { inSession } from "./in-session.ts";
import type { RunResult } from "./run-options.ts";
import { runResult } from "./run-result.ts";

type RollbackOptions = {
  readonly discardNewWrites: boolean;
  readonly confirm: (folder: RunFolder) => Promise<boolean>;
};

/** Rolls the newest switched run back. */
export async function rollbackRun(context: Context, options: RollbackOptions): Promise<RunResult> {
  const startedAt = new Date();
  try {
    const done = await performRollback(context, options);
    await notifyOutcome(context, startedAt, { ...done, rolledBack: true });
    return done;
  } catch (thrown) {
    await notifyOutcome(context, startedAt, { thrown });
    throw thrown;
  }
}

async function performRollback(context: Context, options: RollbackOptions): Promise<RunResult> {
  const runs = context.home.all();
  for (const one of runs) settleRecord(one);
  const folder = runs.findLast(
    (candidate) => hasReached(candidate.record.stage, "switched") || new Journal(candidate.journalPath).open() !== null,
  );
  if (folder === undefined)
    throw new RowhaulError(
      "NO_RUN",
      `No run of ${context.settings.name} is switched, so there is nothing to roll back.`,
      { hint: "`rowhaul status <pipeline>` shows the runs and how far each came." },
    );
  if (!(await options.confirm(folder))) throw new RowhaulError("NOT_CONFIRMED", "Not confirmed; nothing was changed.");
  return inSession(context, folder, folder.plan, async (session, leased) => {
    await rollBack(leased, folder, session, { discardNewWrites: options.discardNewWrites });
    await writeReport(leased, folder);
    return runResult(folder, folder.plan, "rolled back", "rolled back");
  });
}
