/**
 * Cut over: schema, then files, then the health check, with a journal. Rows that go among
 * the application's are written and proven before, in a transaction that stays open; the source
 * is locked for the rest, which takes a moment. Whatever fails on the way is undone.
 */

import { cleanedUpAwaited, cleaningUp } from "../core/messages/clean-up.ts";
import { plural } from "../core/messages/count.ts";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import type { PreparedSwitch } from "../core/plan/live.ts";
import { fillTarget } from "../core/plan/target-values.ts";
import type { FileEdit } from "../core/ports.ts";
import { hasReached } from "../core/run-stages.ts";
import type { Session } from "../core/session.ts";
import type { CutoverStep } from "../core/settings.ts";
import { Journal } from "../run-folder/journal.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import { checkHealth } from "./health.ts";
import { proveLive } from "./prove-live.ts";
import { type Context, phase } from "./run/context.ts";
import { holdSource, type SourceHold } from "./source-hold.ts";
import { undo } from "./undo.ts";

/** `forward`: completes a cutover that was interrupted, from where its journal stands. */
export async function cutOver(context: Context, folder: RunFolder, session: Session, forward = false): Promise<void> {
  await phase(context, "cutover", async () => {
    const { settings, parts } = context;
    const { plan } = session;
    const record = folder.record;
    const edits = fileEdits(settings.cutover ?? [], { ...parts.target.values });
    const journal = new Journal(folder.journalPath);
    // Loaded before anything is switched, so that no missing file of rowhaul's own can break the rest.
    const appFiles = forward || edits.length > 0 ? await parts.files() : null;
    const planned = forward ? journal.edits() : (appFiles?.plan(edits) ?? []);
    const status = forward ? (await parts.target.runs.read(record.id))?.status : undefined;
    const switched = hasReached(status, "switched");
    // The longest part. The application keeps running: none of this is visible to it yet.
    const prepared = switched ? null : await prepare(context, folder, session);
    let source = null as SourceHold | null;
    const switching = async (): Promise<void> => {
      // Without files to switch the application does not read the new tables yet, so a changed source only gets a notice.
      if (settings.cutover !== null) source = await holdSource(context, folder);
      context.signal.throwIfAborted();
      if (!forward) journal.write({ step: "cutover", edits: planned });
      try {
        await prepared?.commit((transaction) => journal.write({ step: "committing", transaction }));
        journal.write({ step: "schema switched" });
        folder.update({ stage: "switched" });
        source?.beforeFiles();
        for (const edit of planned) appFiles?.apply(edit, edits);
        journal.write({ step: "files switched" });
        for (const step of settings.cutover ?? []) {
          if (step.kind === "check")
            await checkHealth(
              context,
              step,
              edits.map((edit) => edit.path),
            );
        }
        // The lock should have kept all writers out; this cheap check shows if it did not.
        await source?.checkUnchanged();
        journal.write({ step: "healthy" });
        await session.setStatus("done");
      } catch (thrown) {
        // Its locks would block the rollback.
        await cleanedUpAwaited(thrown, () => prepared?.abandon());
        await undoFailedCutover(context, folder, session, thrown);
      }
      journal.write({ step: "done" });
      folder.update({ stage: "done", finishedAt: new Date().toISOString() });
    };
    await cleaningUp(
      switching,
      () => prepared?.abandon(),
      () => source?.release(),
    );
    if (settings.cutover === null) await lookAgain(context, folder);
    await sweep(context, session);
    const files = planned.length === 0 ? "" : `, ${plural(planned.length, "file")} rewritten`;
    return { result: undefined, summary: `schema ${plan.target.schema} holds the new tables${files}` };
  });
}

async function prepare(context: Context, folder: RunFolder, session: Session): Promise<PreparedSwitch> {
  try {
    return await session.prepareSwitch(proveLive(context, folder, session.plan));
  } catch (thrown) {
    // Its plan is for tables that have changed since: the next run makes a new one.
    if (thrown instanceof RowhaulError && thrown.code === "TARGET_CHANGED") folder.update({ stage: "snapshot" });
    // The printed lines go into the pipeline file, which makes another run: this one must not block it.
    if (thrown instanceof RowhaulError && (thrown.paste.length > 0 || thrown.code === "CONSTRAINT_VIOLATED"))
      folder.update({ answersAsked: true });
    throw thrown;
  }
}

/** Writers were not locked out, and what they wrote since the snapshot is not in the target. */
async function lookAgain({ parts, emit, signal }: Context, { record }: RunFolder): Promise<void> {
  if (record.snapshot === null) return;
  try {
    if ((await parts.source.fingerprint()) === record.snapshot.fingerprint) return;
    await parts.source.checkUnchanged(record.snapshot, signal);
  } catch (thrown) {
    if (!(thrown instanceof RowhaulError)) throw thrown;
    const message =
      thrown.code === "SOURCE_CHANGED"
        ? "The source was written to since the snapshot; --fresh moves what came since."
        : `Whether the source was written to since the snapshot cannot be seen: ${thrown.message}`;
    // The run is done, whatever became of the source.
    emit({ type: "notice", level: "warning", message });
  }
}

/** Removes what failed runs left in the target. A failure to do so does not make this run fail. */
async function sweep({ emit }: Context, session: Session): Promise<void> {
  try {
    const swept = await session.sweep();
    if (swept.length > 0)
      emit({ type: "notice", level: "info", message: `Removed what failed runs had left: ${swept.join(", ")}.` });
  } catch (thrown) {
    emit({ type: "notice", level: "warning", message: `What failed runs left stays: ${messageOf(thrown)}` });
  }
}

/** The edits with `${target.…}` filled in. Throws PLAN_INVALID for a name that is not known. */
export function fileEdits(steps: readonly CutoverStep[], values: Readonly<Record<string, string>>): FileEdit[] {
  return steps.flatMap((step) => {
    if (step.kind !== "file") return [];
    const set = Object.entries(step.set).map(([key, value]) => {
      const filled = typeof value === "string" ? fillTarget(value, values) : value;
      if (typeof value === "string" && filled === null) {
        throw new RowhaulError("PLAN_INVALID", `${step.path}: the value of ${key} names something unknown.`, {
          hint: `Known: ${Object.keys(values)
            .map((name) => `\${${name}}`)
            .join(", ")}.`,
        });
      }
      return [key, filled] as const;
    });
    return [{ path: step.path, set: Object.fromEntries(set) }];
  });
}

async function undoFailedCutover(
  context: Context,
  folder: RunFolder,
  session: Session,
  cause: unknown,
): Promise<never> {
  const details = cause instanceof RowhaulError ? cause.details : [];
  if (!context.settings.environment.rollbackOnFailure)
    throw new RowhaulError("CUTOVER_FAILED", `The cutover failed and is left as it is: ${messageOf(cause)}`, {
      cause,
      details,
      hint: "`rowhaul rollback <pipeline>` undoes it; `rowhaul cutover <pipeline> --forward` goes on with it once the cause is gone.",
    });
  // Running out of time is a failure of the cutover like any other, not a request to stop.
  const late = cause instanceof RowhaulError && cause.code === "DOWNTIME_EXCEEDED";
  const interrupted = context.signal.aborted && !late;
  // The undo runs to its end even after Ctrl-C; a second one stops it, and the journal finishes it later.
  await undo({ ...context, signal: new AbortController().signal }, folder, session, {
    discardNewWrites: true,
    status: "loaded",
  });
  folder.update({ stage: "loaded", finishedAt: null });
  if (interrupted) throw cause;
  if (cause instanceof RowhaulError && (cause.exit === 2 || cause.exit === 4) && !late) throw cause;
  throw new RowhaulError("CUTOVER_FAILED", `The cutover failed and was rolled back: ${messageOf(cause)}`, {
    cause,
    details,
  });
}
