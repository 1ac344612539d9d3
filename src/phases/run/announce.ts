/** The first words of a run: what it is, and what it resumes. */
import { RowhaulError } from "../../core/messages/errors.ts";
import type { RunFolder } from "../../run-folder/run-folder.ts";
import type { Context } from "./context.ts";
import { sameSource } from "./resume.ts";

export async function announce(context: Context, folder: RunFolder, resumed: boolean): Promise<void> {
  const { source, target } = context.parts;
  context.emit({
    type: "run",
    run: folder.record.id,
    pipeline: context.settings.name,
    source: source.shown,
    target: target.shown,
    resumed,
  });
  const { snapshot: info, stage } = folder.record;
  if (!resumed || info === null || stage === "done") return;
  context.emit({
    type: "notice",
    level: "info",
    message: `Resuming run ${folder.record.id} (${stage}) on its snapshot of ${info.takenAt}.`,
  });
  if (await hasChanged(context, folder)) {
    context.emit({
      type: "notice",
      level: "warning",
      message: `The source's file has changed since that snapshot.${context.settings.cutover === null ? "" : " Unless it was only closed or checkpointed, cutover will refuse."} --fresh takes a new snapshot.`,
    });
  }
}

/** A source that cannot be read says nothing; whoever needs it says so. */
async function hasChanged(context: Context, folder: RunFolder): Promise<boolean> {
  try {
    return !(await sameSource(context, folder.record));
  } catch (thrown) {
    if (!(thrown instanceof RowhaulError)) throw thrown;
    context.emit({ type: "notice", level: "warning", message: `The source cannot be looked at: ${thrown.message}` });
    return false;
  }
}
