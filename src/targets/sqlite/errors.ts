/** Errors of SQLite and the file system, as errors that say what was being done and what helps. */
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { isOutOfSpace } from "../../system/disk-error.ts";

export function targetError(path: string, doing: string, thrown: unknown): unknown {
  if (thrown instanceof RowhaulError) return thrown;
  const code = String((thrown as { code?: unknown } | null)?.code ?? "");
  const message = `${path}, ${doing}: ${messageOf(thrown)}.`;
  if (isOutOfSpace(thrown)) return new RowhaulError("TARGET_DISK_FULL", message, { cause: thrown });
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"))
    return new RowhaulError("LOCK_TIMEOUT", message, { cause: thrown });
  if (code.startsWith("SQLITE_NOTADB"))
    return new RowhaulError("TARGET_FILE", `${path} is no SQLite database.`, { cause: thrown });
  if (code.startsWith("SQLITE_CONSTRAINT")) return new RowhaulError("CONSTRAINT_VIOLATED", message, { cause: thrown });
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/.test(code) || /^(EACCES|EPERM|EROFS|ENOENT|ENOTDIR|EISDIR)$/.test(code))
    return new RowhaulError("TARGET_FILE", message, { cause: thrown });
  if (code === "SQLITE_ERROR" || code.startsWith("SQLITE_MISMATCH"))
    return new RowhaulError("TARGET_REFUSED", message, { cause: thrown });
  return code.startsWith("SQLITE_") || /^E[A-Z]+$/.test(code)
    ? new RowhaulError("LOAD_FAILED", message, { cause: thrown })
    : thrown;
}

export async function explained<T>(path: string, doing: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw targetError(path, doing, thrown);
  }
}
