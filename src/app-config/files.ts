/**
 * Planned edits applied and undone. Both look at the file's hash first, so
 * either may be called again after a crash at any point, and neither writes
 * over what somebody else changed in between.
 */
import { existsSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { RowhaulError } from "../core/messages/errors.ts";
import { createFile, replaceFile, syncFolder } from "../system/durable-file.ts";
import { editedBytes, type FileEdit, type PlannedEdit, sha256 } from "./plan-file-edits.ts";

export { type FileEdit, type PlannedEdit, planFileEdits } from "./plan-file-edits.ts";

/** Writes backup, then file. `edits` are those that were planned; false when there was nothing to do. */
export function applyEdit(planned: PlannedEdit, edits: readonly FileEdit[]): boolean {
  const { file, before, after } = planned;
  return doing("CUTOVER_FAILED", `${file} could not be rewritten`, () => {
    for (const path of planned.paths)
      if (realpathSync(path) !== file) throw failed(`${path} leads to another file than when the cutover was planned.`);
    const bytes = readFileSync(file);
    if (sha256(bytes) === after) {
      removeTemporary(planned);
      return false;
    }
    if (sha256(bytes) !== before) throw failed(`${file} was changed since the cutover was planned.`);
    const edited = editedBytes(
      edits.filter((edit) => planned.paths.includes(resolve(edit.path))),
      bytes,
    );
    if (sha256(edited) !== after) throw failed(`The settings for ${file} are not those that were planned.`);
    keepBackup(planned, bytes);
    replaceFile(file, temporaryOf(planned), edited, planned);
    return true;
  });
}

/** Puts the bytes before back from the backup, which stays; false when there was nothing to do. */
export function undoEdit(planned: PlannedEdit): boolean {
  const { file, backup, before, after } = planned;
  return doing(
    "UNDO_FAILED",
    `${file} could not be put back`,
    () => {
      const now = sha256(readFileSync(file));
      removeTemporary(planned);
      if (now === before) return false;
      if (now !== after) throw undoFailed(planned, `${file} was changed since the cutover and is not put back.`);
      const bytes = existsSync(backup) ? readFileSync(backup) : null;
      if (!bytes) throw undoFailed(planned, `${file} cannot be put back: its backup is gone.`);
      if (sha256(bytes) !== before) throw undoFailed(planned, `${file} cannot be put back: its backup was changed.`);
      replaceFile(file, temporaryOf(planned), bytes, planned);
      return true;
    },
    [byHand(planned)],
  );
}

/** Throws ROLLBACK_REFUSED when the file is neither as the cutover left it nor as it was before. */
export function checkUndo({ file, backup, before, after }: PlannedEdit): void {
  const now = existsSync(file) ? sha256(readFileSync(file)) : null;
  if (now === before || now === after) return;
  throw new RowhaulError("ROLLBACK_REFUSED", `${file} was changed since the cutover, so it cannot be put back.`, {
    hint: `Take your change out again for the rollback; ${backup} is the file as it was before the cutover.`,
  });
}

/** Removes the backup; only a file that still is that backup goes. */
export function dropBackup(planned: PlannedEdit): void {
  doing("CUTOVER_FAILED", `The backup ${planned.backup} could not be removed`, () => {
    removeTemporary(planned);
    if (!existsSync(planned.backup) || sha256(readFileSync(planned.backup)) !== planned.before) return;
    rmSync(planned.backup);
    syncFolder(dirname(planned.backup));
  });
}

function keepBackup(planned: PlannedEdit, bytes: Buffer): void {
  if (!existsSync(planned.backup)) createFile(planned.backup, temporaryOf(planned), bytes, planned);
  // Left by an earlier try, or somebody else's: never overwritten.
  else if (sha256(readFileSync(planned.backup)) !== planned.before)
    throw failed(`Another file is in the place of the backup ${planned.backup}.`);
}

/** Always the same name, so that what a crash left is found again. */
function temporaryOf(planned: PlannedEdit): string {
  return `${planned.backup}.tmp`;
}

function removeTemporary(planned: PlannedEdit): void {
  rmSync(temporaryOf(planned), { force: true });
}

/** Errors of the file system are the user's to solve; only their code is shown, not their stack. */
function doing<T>(
  code: "CUTOVER_FAILED" | "UNDO_FAILED",
  what: string,
  action: () => T,
  details: readonly string[] = [],
): T {
  try {
    return action();
  } catch (cause) {
    if (cause instanceof RowhaulError || !(cause instanceof Error) || !("code" in cause)) throw cause;
    const hint = "Check the permissions of the file and its folder.";
    throw new RowhaulError(code, `${what} (${String(cause.code)}).`, { hint, details, cause });
  }
}

function failed(message: string): RowhaulError {
  return new RowhaulError("CUTOVER_FAILED", message, { hint: "Nothing was written to it. Plan the cutover again." });
}

function undoFailed(planned: PlannedEdit, message: string): RowhaulError {
  return new RowhaulError("UNDO_FAILED", message, { details: [byHand(planned)] });
}

function byHand({ file, backup }: PlannedEdit): string {
  return existsSync(backup)
    ? `By hand: compare ${file} with ${backup} (the file before the cutover) and take the settings of the old database from there.`
    : `By hand: set the old database's settings in ${file} again, from version control or your own backup.`;
}
