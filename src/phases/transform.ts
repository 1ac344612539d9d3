/**
 * Transform: the snapshot's rows through the pipeline's transforms, into a second
 * snapshot. Everything after reads that one, so types, keys and proof are those of
 * the transformed values.
 */
import { plural } from "../core/messages/count.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import type { TransformReport } from "../core/plan/transform.ts";
import type { SnapshotInfo } from "../core/ports.ts";
import type { Selection } from "../core/selection.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import { type Context, phase } from "./run/context.ts";

/** The file to go on with, and what is left to do for its tables. */
export type Transformed = { readonly path: string; readonly selection: Selection };

export async function transform(context: Context, folder: RunFolder, info: SnapshotInfo): Promise<Transformed> {
  const { transforms, selection } = context.parts;
  if (transforms === null) return { path: folder.dataPath, selection };
  if (folder.record.shaped === null) await runTransforms(context, folder, info);
  const path = folder.dataPath;
  return { path, selection: await transforms.selection(info.path, path) };
}

async function runTransforms(context: Context, folder: RunFolder, info: SnapshotInfo): Promise<void> {
  const { transforms } = context.parts;
  if (transforms === null) return;
  await phase(context, "transform", async () => {
    const reshaped = folder.reshapedPath;
    const { report, ...file } = await transforms.run({
      snapshot: info.path,
      reshaped,
      progress: (item, done, total) =>
        context.emit({ type: "progress", phase: "transform", item, done, total, unit: "rows" }),
      signal: context.signal,
    });
    folder.save("transforms", report);
    folder.update({ shaped: { path: reshaped, ...file } });
    return { result: undefined, summary: summaryOf(report) };
  });
}

function summaryOf({ selected = [], tables, quarantine }: TransformReport): string {
  const sum = (parts: readonly { readonly rows: number }[]): number => parts.reduce((all, { rows }) => all + rows, 0);
  const read = sum(tables.map((table) => ({ rows: table.read })));
  const written = sum(tables.flatMap((table) => table.written));
  return [
    ...(selected.length === 0
      ? []
      : [`${plural(sum(selected), "row")} of ${plural(selected.length, "table")} belong together`]),
    ...(tables.length === 0
      ? []
      : [`${plural(read, "row")} of ${plural(tables.length, "table")} became ${plural(written, "row")}`]),
    ...(quarantine.length === 0 ? [] : [`${plural(quarantine.length, "row")} in quarantine`]),
  ].join(", ");
}

/** For a run that goes on with it: it must be the file that was made. */
export async function verifyReshaped(context: Context, folder: RunFolder): Promise<void> {
  const { shaped, snapshot, id } = folder.record;
  if (shaped === null || snapshot === null) return;
  if (await context.parts.source.verify({ ...snapshot, ...shaped })) {
    // What is read of them later must be there now: a run of an earlier version kept it elsewhere.
    await context.parts.transforms?.selection(snapshot.path, shaped.path);
    return;
  }
  throw new RowhaulError("SNAPSHOT_LOST", `The transformed snapshot of run ${id} is gone or was changed.`);
}
