/**
 * A run is kept in two places, its folder and the target, and with both its way back. What is missing in one of them
 * is never read as "nothing to do": it is said, with the steps that are left to somebody who knows more.
 */
import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { shellWord } from "../../core/messages/shell-word.ts";
import type { Plan } from "../../core/plan/plan.ts";
import type { PlannedEdit } from "../../core/ports.ts";
import { hasReached, isBefore } from "../../core/run-stages.ts";
import { Journal } from "../../run-folder/journal.ts";
import type { RunFolder } from "../../run-folder/run-folder.ts";
import type { Context } from "./context.ts";

/** Of these, a fresh run lets an earlier one go. */
const lostCodes: readonly string[] = ["RUN_FILE_DAMAGED", "SNAPSHOT_LOST", "LOCAL_DISK", "STATE_LOST", "LOAD_LOST"];

export function isLost(thrown: unknown): thrown is RowhaulError {
  return thrown instanceof RowhaulError && lostCodes.includes(thrown.code);
}

/**
 * Whether folder and target say the same of a run. Throws STATE_LOST where it is, or may be, switched; LOAD_LOST where
 * what it loaded is gone.
 */
export async function checkKnown(context: Context, folder: RunFolder): Promise<void> {
  const { stage, id } = folder.record;
  if (stage === "rolled back") return;
  const { runs } = context.parts.target;
  const open = new Journal(folder.journalPath).open() !== null;
  const row = await runs.read(id);
  const isSwitched = hasReached(row?.status, "switched");
  if (isSwitched && !open && !hasReached(stage, "switched"))
    throw await stateLost(context, folder, `The target says that run ${id} is ${row?.status}; its journal is gone`);
  if (open || hasReached(stage, "switched")) {
    if (row === null) throw await stateLost(context, folder, `The target remembers nothing of run ${id} (${stage})`);
    if (!open && !isSwitched)
      throw await stateLost(context, folder, `Run ${id} is ${stage}, but the target says that it is ${row.status}`);
    return;
  }
  // Killed between the first transaction of a load and the record of it: the row is there already.
  if (isBefore(stage, "loading") && row === null) return;
  if (row === null)
    throw new RowhaulError("LOAD_LOST", `The target remembers nothing of run ${id}, which is ${stage}.`);
  const { plan } = folder;
  if (!(await runs.holdsLoad(id, plan)))
    throw new RowhaulError("LOAD_LOST", `What run ${id} loaded is gone: ${plan.target.staging} is not what it was.`);
}

/** STATE_LOST, with the steps to do by hand. `what` is one sentence without its full stop. */
export async function stateLost(context: Context, folder: RunFolder, what: string): Promise<RowhaulError> {
  const plan = orNull(() => folder.plan);
  const steps = await stepsByHand(context, folder, plan);
  return new RowhaulError("STATE_LOST", `${what}: how to go back from its switch cannot be known.`, {
    details: steps.map((step) => `By hand: ${step}`),
  });
}

/** Of a run that the target alone remembers. */
export async function stateLostWithFolder(context: Context, run: string, what: string): Promise<RowhaulError> {
  const steps = [...(await targetSteps(context, run, null)), ...backupSteps(context)];
  return new RowhaulError("STATE_LOST", `${what}: how to go back from its switch cannot be known.`, {
    details: steps.map((step) => `By hand: ${step}`),
    hint: "See which tables and files the application should use, and put those there by hand.",
  });
}

/** First what the target shows, then the application's files. */
async function stepsByHand(context: Context, folder: RunFolder, plan: Plan | null): Promise<string[]> {
  const edits = orNull(() => new Journal(folder.journalPath).edits()) ?? [];
  const files = edits.length > 0 ? edits.map(fileStep) : backupSteps(context);
  return [...(await targetSteps(context, folder.id, plan)), ...files];
}

/** A target that cannot be asked is a step of its own. */
async function targetSteps({ parts }: Context, run: string, plan: Plan | null): Promise<string[]> {
  try {
    return await parts.target.runs.byHand(run, plan);
  } catch (thrown) {
    return [`look at ${parts.target.shown}, which could not be asked: ${messageOf(thrown)}`];
  }
}

function fileStep({ file, backup }: PlannedEdit): string {
  return `cp ${shellWord(backup)} ${shellWord(file)}`;
}

/** Without the journal: what a cutover keeps of each file before it rewrites it. */
function backupSteps({ settings }: Context): string[] {
  const paths = (settings.cutover ?? []).flatMap((step) => (step.kind === "file" ? [step.path] : []));
  return [...new Set(paths)].map((path) => {
    const kept = (orNull(() => readdirSync(dirname(path))) ?? [])
      .filter((name) => name.startsWith(`${basename(path)}.rowhaul-backup-`))
      .sort();
    const last = kept.at(-1);
    return last === undefined
      ? `see whether ${path} has the settings of the old database`
      : `compare ${path} with ${dirname(path)}/${last}, which is that file before a cutover`;
  });
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
