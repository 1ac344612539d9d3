/** Moving database files: never one that another process has open, and never without leaving one whole file at the path. */
import { existsSync, linkSync, rmSync, statSync } from "node:fs";
import Database from "better-sqlite3";
import { RowhaulError } from "../../../core/messages/errors.ts";
import { renameDurably } from "../../../system/durable-file.ts";

/** A file without a byte is what SQLite makes of a path it only opened: nothing stands there. */
export function isThere(path: string): boolean {
  return existsSync(path) && statSync(path).size > 0;
}

/**
 * Writes what is in the log into the file, so that it can be moved alone. A log that stays belongs to a process that
 * has the file open: left behind, it would be taken for the log of the next file of that name. `check` sees the file
 * before, while nobody can write to it; TARGET_WRITTEN when somebody did before it was quiet.
 */
export function quiesce(path: string, check: () => void = () => {}): void {
  if (!isThere(path)) {
    for (const suffix of ["-wal", "-shm", "-journal"]) rmSync(`${path}${suffix}`, { force: true });
    return;
  }
  const db = new Database(path, { fileMustExist: true, timeout: 5000 });
  try {
    // Reading is enough to recover a journal that a crash left.
    db.prepare("SELECT count(*) FROM sqlite_schema").get();
    const commits = (): unknown => db.pragma("data_version", { simple: true });
    db.exec("BEGIN IMMEDIATE");
    check();
    const before = commits();
    db.exec("ROLLBACK");
    db.pragma("wal_checkpoint(TRUNCATE)");
    db.exec("BEGIN EXCLUSIVE");
    if (commits() !== before)
      throw new RowhaulError("TARGET_WRITTEN", `${path} was written to while it was being replaced.`, {
        hint: "Stop the application, then run the same command again.",
      });
    db.exec("ROLLBACK");
  } finally {
    db.close();
  }
  for (const suffix of ["-wal", "-journal"])
    if (existsSync(`${path}${suffix}`))
      throw new RowhaulError("LOCK_TIMEOUT", `${path} is open in another process.`, {
        hint: "Stop the application, then run the same command again.",
      });
}

/** `from` takes the place of `to`; what stood there is kept as `kept`. The path is never empty in between. */
export function replaceFile(from: string, to: string, kept: string | null): void {
  if (kept !== null && existsSync(to)) {
    rmSync(kept, { force: true });
    linkSync(to, kept);
  }
  renameDurably(from, to);
}

export function sameFile(a: string, b: string): boolean {
  if (!existsSync(a) || !existsSync(b)) return false;
  const [one, other] = [statSync(a), statSync(b)];
  return one.ino === other.ino && one.dev === other.dev;
}

export function removeDatabase(path: string): boolean {
  const there = existsSync(path);
  for (const suffix of ["", "-journal", "-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
  return there;
}
