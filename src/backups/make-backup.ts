/**
 * Makes the environment's backup: a copy of the run's snapshot, which is one
 * consistent state of the source, under a dated name, proven to be that state.
 */
import { chmodSync, constants, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { cleanedUp, cleaningUp } from "../core/messages/clean-up.ts";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import type { SnapshotInfo } from "../core/ports.ts";
import { catalogPath } from "../core/schema/catalog.ts";
import { putInPlace, writeDurably } from "../system/durable-file.ts";
import { sha256OfFile } from "../system/file-digest.ts";
import { verifyBackup } from "./verify.ts";

export type MakeBackupRequest = {
  readonly snapshot: Pick<SnapshotInfo, "path" | "sha256" | "takenAt">;
  /** Of the pipeline: begins the file's name. */
  readonly name: string;
  /** Null: `backups` beside the pipeline. */
  readonly folder: string | null;
  /** Folder of the pipeline file. */
  readonly base: string;
  readonly signal: AbortSignal;
};

/** Safe to call again: the same snapshot has the same name. Throws BACKUP_FAILED. */
export async function makeBackup(
  request: MakeBackupRequest,
): Promise<{ readonly path: string; readonly message: string }> {
  const { snapshot, name, base, signal } = request;
  const folder = resolve(base, request.folder ?? "backups");
  const stamp = snapshot.takenAt.replace(/[-:]/g, "").replace(/\.\d+/, "");
  const path = join(folder, `${name}-${stamp}-${snapshot.sha256.slice(0, 8)}.db`);
  const part = `${path}.part`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    copyFileSync(snapshot.path, part, constants.COPYFILE_FICLONE);
    chmodSync(part, 0o600);
    await prove(part, request);
    // The types of a source that is no SQLite file stand beside its rows.
    if (existsSync(catalogPath(snapshot.path)))
      writeDurably(catalogPath(path), readFileSync(catalogPath(snapshot.path)));
    putInPlace(part, path);
  } catch (thrown) {
    cleanedUp(thrown, () => rmSync(part, { force: true }));
    signal.throwIfAborted();
    if (thrown instanceof RowhaulError) throw thrown;
    throw new RowhaulError("BACKUP_FAILED", `The backup ${path} cannot be written: ${messageOf(thrown)}.`, {
      cause: thrown,
    });
  }
  return { path, message: `${path}, restored and checked` };
}

async function prove(part: string, { snapshot, signal }: MakeBackupRequest): Promise<void> {
  if ((await sha256OfFile(part)) !== snapshot.sha256)
    throw new RowhaulError("BACKUP_FAILED", "The backup is not what the snapshot was when it was taken.");
  const scratch = mkdtempSync(join(dirname(part), ".verify-"));
  await cleaningUp(
    async () => {
      const verdict = await verifyBackup(part, { source: null, scratch, pgRestore: "pg_restore", signal });
      if (verdict.quality === "bad")
        throw new RowhaulError("BACKUP_FAILED", `The backup cannot be restored: ${verdict.message}.`);
    },
    () => rmSync(scratch, { recursive: true, force: true }),
  );
}
