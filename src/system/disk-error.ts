/** What the file system, or SQLite writing a file of ours, threw: as LOCAL_DISK, with what could not be written. */
import { messageOf, RowhaulError } from "../core/messages/errors.ts";

/** `what` begins a sentence without its capital: "the snapshot /tmp/a.db". What is no error of the disk is returned as it is. */
export function diskError(what: string, thrown: unknown): unknown {
  if (thrown instanceof RowhaulError) return thrown;
  if (isOutOfSpace(thrown)) return new RowhaulError("LOCAL_DISK", `No space left for ${what}.`, { cause: thrown });
  if (!/^(SQLITE_IOERR|SQLITE_CANTOPEN|E[A-Z]+$)/.test(codeOf(thrown))) return thrown;
  const subject = what.charAt(0).toUpperCase() + what.slice(1);
  return new RowhaulError("LOCAL_DISK", `${subject} cannot be written: ${messageOf(thrown)}.`, { cause: thrown });
}

export function isOutOfSpace(thrown: unknown): boolean {
  return /^(SQLITE_FULL|ENOSPC$|EDQUOT$)/.test(codeOf(thrown));
}

/** Throws {@link diskError} of what `work` throws. */
export function onDisk<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw diskError(what, thrown);
  }
}

/** The code of an abort is a number. */
function codeOf(thrown: unknown): string {
  return String((thrown as { code?: unknown } | null | undefined)?.code ?? "");
}
