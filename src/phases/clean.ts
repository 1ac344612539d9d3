/** Clean: removes every trace of a pipeline's runs. The tables the application uses are not touched. */
import { cleaningUp } from "../core/messages/clean-up.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import { hasReached, isBefore } from "../core/run-stages.ts";
import { claimFolder } from "../run-folder/at-work.ts";
import { Journal } from "../run-folder/journal.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import type { Context } from "./run/context.ts";
import { stateLost, stateLostWithFolder } from "./run/known-state.ts";

export async function cleanRuns(context: Context, confirm: () => Promise<boolean>): Promise<string[]> {
  const { home, parts } = context;
  const runs = home.all();
  for (const folder of runs) {
    if (new Journal(folder.journalPath).open() !== null)
      throw new RowhaulError("OPEN_JOURNAL", `The cutover of run ${folder.id} was interrupted.`);
    await refuseUnknownSwitch(context, folder);
  }
  const aside = home.setAside();
  await parts.target.runs.checkFree(null);
  if (runs.length + aside.length === 0) await refuseUnknown(context);
  if (!(await confirm())) throw new RowhaulError("NOT_CONFIRMED", "Not confirmed; nothing was removed.");
  const claim = claimFolder(home.path);
  const clean = async (): Promise<string[]> => {
    const removed: string[] = [];
    for (const id of aside) removed.push(...(await parts.target.runs.clean(id)));
    for (const folder of runs) {
      removed.push(...(await parts.target.runs.clean(folder.id)));
      folder.remove();
      removed.push(folder.path);
    }
    home.remove();
    await noticeOthers(context);
    return removed;
  };
  return cleaningUp(clean, claim.release);
}

/** Without its journal, an interrupted cutover looks like none. */
async function refuseUnknownSwitch(context: Context, folder: RunFolder): Promise<void> {
  if (!isBefore(folder.record.stage, "switched")) return;
  const row = await context.parts.target.runs.read(folder.id);
  if (!hasReached(row?.status, "switched")) return;
  throw await stateLost(
    context,
    folder,
    `The target says that run ${folder.id} is ${row?.status}; its journal is gone`,
  );
}

/** Without a folder, nothing says whether somebody needs what stands in the target to go back. */
async function refuseUnknown(context: Context): Promise<void> {
  const [first, ...more] = await context.parts.target.runs.list(context.settings.name);
  if (first === undefined) return;
  const others = more.length === 0 ? "" : `, as are those of ${more.map(({ run }) => run).join(", ")}`;
  throw await stateLostWithFolder(
    context,
    first.run,
    `The target keeps run ${first.run} (${first.status}), whose folder is not in ${context.home.path}${others}`,
  );
}

async function noticeOthers({ parts, settings, emit }: Context): Promise<void> {
  const others = await parts.target.runs.list(settings.name);
  if (others.length === 0) return;
  emit({
    type: "notice",
    level: "warning",
    message: `The target keeps runs whose folders are not here, and they stay: ${others.map(({ run, status }) => `${run} (${status})`).join(", ")}.`,
  });
}
