/** The short write lock at cutover: while it is held nothing is committed to the source. */

import { accessSync, constants, rmSync } from "node:fs";
import Database from "better-sqlite3";
import { cleanedUp, cleaningUp } from "../../core/messages/clean-up.ts";
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
    // Read-only media cannot be written to at all.
    if ((thrown as { code?: string }).code === "EROFS") return;
    throw new RowhaulError("SOURCE_NOT_LOCKABLE", `${path} cannot be locked for the switch: ${messageOf(thrown)}.`, {
      cause: thrown,
    });
  }
}

/** BEGIN IMMEDIATE on the source. Errors: SOURCE_BUSY when a writer does not end within 5 s. */
export function lockSource(path: string): SourceLock {
  readHeader(path);
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
