/** The short write lock at cutover: while it is held nothing is committed to the source. */

import { accessSync, constants, existsSync, rmSync } from "node:fs";
import Database from "better-sqlite3";
import { cleanedUp, cleaningUp, cleaningUpNow } from "../../core/messages/clean-up.ts";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { fingerprint } from "../../sqlite/fingerprint.ts";
import { keepOpen, readHeader, sourceError } from "../../sqlite/open.ts";
import { samePages, takeSnapshot } from "./snapshot.ts";

export type SourceLock = { release(): void };

/**
 * Throws SOURCE_NOT_LOCKABLE when others may write to the file and this process may not: SQLite would then open
 * it read-only, and the lock would keep nobody out.
 */
export function checkLockable(path: string): void {
  try {
    accessSync(path, constants.W_OK);
  } catch (thrown) {
    // Whoever reads the source says that it is not there.
    if ((thrown as { code?: string }).code === "ENOENT") return;
    // Read-only media cannot be written to at all; but a log needs a lock to be read, and has no place for one there.
    if ((thrown as { code?: string }).code === "EROFS" && isReadable(path)) return;
    if ((thrown as { code?: string }).code === "EROFS")
      throw new RowhaulError(
        "SOURCE_NOT_LOCKABLE",
        `${path} is in WAL mode on read-only media, where it cannot be locked for the switch.`,
        {
          cause: thrown,
          hint: "Copy it to where it can be written, its -wal with it, and name the copy as the source; or leave `cutover` out, and switch the application by hand.",
        },
      );
    throw new RowhaulError("SOURCE_NOT_LOCKABLE", `${path} cannot be locked for the switch: ${messageOf(thrown)}.`, {
      cause: thrown,
    });
  }
}

/** Throws SOURCE_NOT_FOUND for a file that went away while the run was under way, SOURCE_* for what has come in its place. */
function stillThere(path: string): void {
  if (existsSync(path)) readHeader(path);
  else
    throw new RowhaulError("SOURCE_NOT_FOUND", `${path} is gone; it was there when the snapshot was taken.`, {
      hint: "Put it back, then run the same command again.",
    });
}

function isReadable(path: string): boolean {
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true });
    return cleaningUpNow(
      () => db.prepare("SELECT count(*) FROM sqlite_schema").get() !== undefined,
      () => db.close(),
    );
  } catch {
    return false;
  }
}

/** BEGIN IMMEDIATE on the source. Errors: SOURCE_BUSY when a writer does not end within 5 s. */
export function lockSource(path: string): SourceLock {
  stillThere(path);
  checkLockable(path);
  const close = keepOpen(path);
  let db: Database.Database | null = null;
  try {
    db = new Database(path, { fileMustExist: true, timeout: 5000 });
    db.exec("BEGIN IMMEDIATE");
  } catch (thrown) {
    cleanedUp(thrown, () => db?.close());
    // No one can write to it, so no lock is needed.
    if (db !== null && /readonly/i.test(messageOf(thrown))) return { release: close };
    throw sourceError(path, cleanedUp(thrown, close));
  }
  const held = db;
  return {
    release() {
      if (!held.open) return;
      if (held.inTransaction) held.exec("ROLLBACK");
      held.close();
      close();
    },
  };
}

/**
 * Throws SOURCE_CHANGED when something was committed since the snapshot. A checkpoint or a clean close
 * alters the fingerprint without changing content, so a difference is settled page by page.
 */
export async function checkUnchanged(
  path: string,
  before: string,
  snapshot: string,
  signal: AbortSignal,
): Promise<void> {
  stillThere(path);
  if (fingerprint(path) === before) return;
  const copy = `${snapshot}.compare`;
  const same = await cleaningUp(
    async () => {
      await takeSnapshot(path, copy, () => {}, signal);
      return samePages(copy, snapshot);
    },
    () => rmSync(copy, { force: true }),
  );
  if (!same) throw new RowhaulError("SOURCE_CHANGED", `${path} was written to since the snapshot was taken.`);
}
