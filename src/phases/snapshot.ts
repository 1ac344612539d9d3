/** Snapshot: one consistent state of the live source, which is also the backup to go back to. */
import { RowhaulError } from "../core/messages/errors.ts";
import type { SnapshotInfo } from "../core/ports.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import { provenSnapshot } from "./proven-snapshot.ts";
import { bytesText, type Context, phase } from "./run/context.ts";

export async function snapshot(context: Context, folder: RunFolder): Promise<SnapshotInfo> {
  return phase(context, "snapshot", async () => {
    const info = await provenSnapshot(context.parts.source, folder.snapshotPath, context);
    folder.update({ snapshot: info, stage: "snapshot" });
    return { result: info, summary: `${bytesText(info.bytes)}, sha256 ${info.sha256.slice(0, 12)}…` };
  });
}

/** For a run that goes on with its snapshot: it must be the file that was taken. */
export async function sameSnapshot(context: Context, folder: RunFolder): Promise<SnapshotInfo> {
  const info = folder.record.snapshot;
  if (info === null || !(await context.parts.source.verify(info))) {
    throw new RowhaulError("SNAPSHOT_LOST", `The snapshot of run ${folder.record.id} is gone or was changed.`);
  }
  return info;
}
