/** Snapshot: one consistent state of the live source, which is also the backup to go back to. */
import { RowhaulError } from "../core/errors.ts";
import type { ValidatorResult } from "../core/finding.ts";
import type { SnapshotInfo } from "../core/ports.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import { bytesText, type Context, phase } from "./context.ts";

export async function snapshot(context: Context, folder: RunFolder): Promise<SnapshotInfo> {
  return phase(context, "snapshot", async () => {
    const { source } = context.parts;
    const item = "snapshot";
    context.emit({ type: "expect", phase: "snapshot", item, total: 0, done: 0, unit: "pages" });
    const info = await source.snapshot(
      folder.snapshotPath,
      (done, total) => context.emit({ type: "progress", phase: "snapshot", item, done, total, unit: "pages" }),
      context.signal,
    );
    if (info.proof !== undefined && !info.proof.passed) throw notWhole(context, info.proof);
    folder.update({ snapshot: info, stage: "snapshot" });
    return { result: info, summary: `${bytesText(info.bytes)}, sha256 ${info.sha256.slice(0, 12)}…` };
  });
}

/** The source, read again by another path, says something else than the snapshot that was made of it. */
function notWhole(context: Context, proof: ValidatorResult): RowhaulError {
  for (const finding of proof.findings) context.emit({ type: "finding", finding });
  return new RowhaulError(
    "VALIDATION_FAILED",
    `The snapshot is not what ${context.parts.source.shown} holds: ${proof.summary}.`,
    { details: proof.findings.slice(0, 5).map(({ message }) => message) },
  );
}

/** For a run that goes on with its snapshot: it must be the file that was taken. */
export async function sameSnapshot(context: Context, folder: RunFolder): Promise<SnapshotInfo> {
  const info = folder.record.snapshot;
  if (info === null || !(await context.parts.source.verify(info))) {
    throw new RowhaulError("SNAPSHOT_LOST", `The snapshot of run ${folder.record.id} is gone or was changed.`);
  }
  return info;
}
