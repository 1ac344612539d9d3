/** Clean: removes every trace of a pipeline's runs. The tables the application uses are not touched. */
import { RowhaulError } from "../core/messages/errors.ts";
import { claimFolder } from "../run-folder/at-work.ts";
import { Journal } from "../run-folder/journal.ts";
import type { Context } from "./run/context.ts";

export async function cleanRuns(context: Context, confirm: () => Promise<boolean>): Promise<string[]> {
  const { home, parts } = context;
  const runs = home.all();
  for (const folder of runs) {
    if (new Journal(folder.journalPath).open() !== null)
      throw new RowhaulError("OPEN_JOURNAL", `The cutover of run ${folder.record.id} was interrupted.`);
  }
  await parts.target.runs.checkFree(null);
  if (!(await confirm())) throw new RowhaulError("NOT_CONFIRMED", "Not confirmed; nothing was removed.");
  const claim = claimFolder(home.path);
  try {
    const removed: string[] = [];
    for (const folder of runs) {
      removed.push(...(await parts.target.runs.clean(folder.record.id)));
      folder.remove();
      removed.push(folder.path);
    }
    home.remove();
    return removed;
  } finally {
    claim.release();
  }
}
