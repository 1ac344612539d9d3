/** Checks whether a new run would hide rows that the application wrote to the tables of an earlier one. */
import { RowhaulError } from "../core/messages/errors.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import type { Context } from "./run/context.ts";
import type { RunOptions } from "./run/run-options.ts";

/** With keep-aside, a run after a switched one would move the live tables away, and with them what the application wrote since. */
export async function refuseToReplaceWrites(context: Context, folder: RunFolder, options: RunOptions): Promise<void> {
  const live = context.home
    .kept()
    .filter(({ folder: other }) => other.path !== folder.path)
    .findLast(({ record }) => record?.stage === "done")?.folder;
  // Added rows replace nothing but, in a merge, rows of the same key, which are kept aside.
  const { target, tables } = context.settings;
  const modes = [target.existing, ...Object.values(tables ?? {}).flatMap(({ existing }) => existing ?? [])];
  const added = modes.every((mode) => mode === "append" || mode === "merge" || mode === "skip");
  if (
    added ||
    live === undefined ||
    options.discardNewWrites ||
    options.forward ||
    !["validate", "cutover"].includes(options.until)
  )
    return;
  const changed = await context.parts.target.runs.changedSince(live.record.id, live.plan);
  if (changed.length === 0) return;
  throw new RowhaulError(
    "TARGET_WRITTEN",
    `Since run ${live.record.id} switched, ${changed.join(", ")} of schema ${live.plan.target.schema} ${changed.length === 1 ? "was" : "were"} written to; this run would replace those rows.`,
  );
}
