/** Clean: removes every trace of a pipeline's runs. The tables the application uses are not touched. */
import { cleaningUp } from "../core/messages/clean-up.ts";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import { hasReached, isBefore, type RunStage } from "../core/run-stages.ts";
import type { RunRow } from "../core/session.ts";
import { claimFolder } from "../run-folder/at-work.ts";
import { Journal, type JournalStep } from "../run-folder/journal.ts";
import type { KeptRun } from "../run-folder/run-home.ts";
import type { Context } from "./run/context.ts";
import { stateLost, stateLostWithFolder } from "./run/known-state.ts";

export async function cleanRuns(context: Context, confirm: () => Promise<boolean>): Promise<string[]> {
  const { home, parts } = context;
  const runs = home.kept();
  for (const one of runs) await refuseHalfDone(context, one);
  const aside = home.setAside();
  await parts.target.runs.checkFree(null);
  if (runs.length + aside.length === 0) await refuseUnknown(context);
  if (!(await confirm())) throw new RowhaulError("NOT_CONFIRMED", "Not confirmed; nothing was removed.");
  // What it asks was answered: a damaged file of who is at work does not keep it, a process that is does.
  const claim = claimFolder(home.path, { overDamaged: true });
  const clean = async (): Promise<string[]> => {
    const removed: string[] = [];
    for (const id of aside) removed.push(...(await parts.target.runs.clean(id)));
    for (const { folder } of runs) {
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

/**
 * Refuses while a switch, or its way back, may be half done: with what is removed, nobody could end it. A run whose
 * files are damaged goes where the target, or what is left of its folder, says that there is no such thing. Throws
 * OPEN_JOURNAL, STATE_LOST, and what is wrong with the files.
 */
async function refuseHalfDone(context: Context, { folder, record, problem }: KeptRun): Promise<void> {
  if (problem !== null && !isDamaged(problem)) throw problem;
  const stage = record?.stage ?? null;
  const steps = stepsOf(new Journal(folder.journalPath));
  if (Array.isArray(steps) && isOpen(steps))
    throw new RowhaulError("OPEN_JOURNAL", `The cutover of run ${folder.id} was interrupted.`);
  const row = await context.parts.target.runs.read(folder.id);
  if (!Array.isArray(steps)) {
    if (!isWhole(stage, row)) throw steps;
  } else if ((stage === null ? steps.length === 0 : isBefore(stage, "switched")) && hasReached(row?.status, "switched"))
    // Without its journal, an interrupted cutover looks like none.
    throw await stateLost(
      context,
      folder,
      `The target says that run ${folder.id} is ${row?.status}; its journal is gone`,
    );
  const wrong = [problem, steps].filter((one) => one instanceof RowhaulError).map(messageOf);
  if (wrong.length === 0) return;
  const known = row === null ? "The target remembers nothing of it." : `The target says that it is ${row.status}.`;
  context.emit({
    type: "notice",
    level: "warning",
    message: `Of run ${folder.id} not all can be known. ${wrong.join(" ")} ${known}`,
  });
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

/** What a journal that is gone or damaged could have said: neither a switch nor its undoing is half done. */
function isWhole(stage: RunStage | null, row: RunRow | null): boolean {
  // The target is told only after the application's files were switched.
  if (row?.status === "done") return true;
  if (stage === "rolled back") return !hasReached(row?.status, "switched");
  // The files come after the record of the schema's switch.
  return isBefore(stage, "switched") && !hasReached(row?.status, "switched");
}

/** What is wrong with it, where it is damaged. */
function stepsOf(journal: Journal): readonly JournalStep[] | RowhaulError {
  try {
    return journal.steps();
  } catch (thrown) {
    if (isDamaged(thrown)) return thrown;
    throw thrown;
  }
}

function isOpen(steps: readonly JournalStep[]): boolean {
  const last = steps.at(-1)?.step;
  return last !== undefined && last !== "done" && last !== "undone";
}

/** For good: what only cannot be read now may say more later. */
function isDamaged(thrown: unknown): thrown is RowhaulError {
  return thrown instanceof RowhaulError && ["RUN_FILE_DAMAGED", "SNAPSHOT_LOST"].includes(thrown.code);
}
