/** Clean: removes every trace of a pipeline's runs. The tables the application uses are not touched. */
import { cleaningUp } from "../core/messages/clean-up.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import { claimFolder } from "../run-folder/at-work.ts";
import { Journal } from "../run-folder/journal.ts";
import type { Context } from "./run/context.ts";
import { stateLostWithFolder } from "./run/known-state.ts";

export async function cleanRuns(context: Context, confirm: () => Promise<boolean>): Promise<string[]> {
  const { home, parts } = context;
  const runs = home.all();
  for (const folder of runs) {
    if (new Journal(folder.journalPath).open() !== null)
      throw new RowhaulError("OPEN_JOURNAL", `The cutover of run ${folder.id} was interrupted.`);
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
