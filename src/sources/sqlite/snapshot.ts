/**
 * The snapshot: one consistent state of a live database, copied to a file of our
 * own. A read transaction held on the backup's own connection pins the state, so
 * a steady writer can neither restart the copy nor tear it.
 */
import { chmodSync, closeSync, copyFileSync, existsSync, openSync, readSync, rmSync, statSync } from "node:fs";
import Database from "better-sqlite3";
import { cleanedUp, cleaningUp } from "../../core/messages/clean-up.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import { fingerprint } from "../../sqlite/fingerprint.ts";
import { openSqlite, readHeader, sourceError } from "../../sqlite/open.ts";
import { diskError } from "../../system/disk-error.ts";
import { putInPlace } from "../../system/durable-file.ts";
import { sha256OfFile } from "../../system/file-digest.ts";

export type Snapshot = {
  readonly path: string;
  readonly sha256: string;
  /** Of the source, as it was when the snapshot's state was pinned. */
  readonly fingerprint: string;
  readonly takenAt: string;
  readonly bytes: number;
};

type Progress = (done: number, total: number) => void;

/** Pages copied between two looks at the event loop: 4–16 MB. */
const pagesPerStep = 2000;

/**
 * Copies `source` to `destination` (0600, by temporary name and rename).
 * Errors: SOURCE_BUSY after about 15 s of a locked source, LOCAL_DISK, SOURCE_*.
 */
export async function takeSnapshot(
  source: string,
  destination: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Snapshot> {
  const temporary = `${destination}.part`;
  removePart(temporary);
  const stage = `${destination}.media`;
  const db = openOrStage(source, stage);
  const copy = async (): Promise<{ fingerprint: string; takenAt: string }> => {
    try {
      const state = await pinState(db, source);
      // Nobody else may read it, not even while it grows.
      closeSync(openSync(temporary, "wx", 0o600));
      await copyPages(db, temporary, progress, signal);
      return state;
    } catch (thrown) {
      cleanedUp(thrown, () => removePart(temporary));
      throw thrown instanceof RowhaulError ? thrown : copyError(source, destination, thrown);
    }
  };
  const pinned = await cleaningUp(
    copy,
    () => db.close(),
    () => {
      for (const suffix of ["", "-wal", "-shm"]) rmSync(`${stage}${suffix}`, { force: true });
    },
  );
  try {
    makeSelfContained(temporary);
    putInPlace(temporary, destination);
  } catch (thrown) {
    throw copyError(
      source,
      destination,
      cleanedUp(thrown, () => removePart(temporary)),
    );
  }
  return { path: destination, sha256: await sha256OfFile(destination), bytes: statSync(destination).size, ...pinned };
}

/** SQLite leaves the copy's own journal beside it when the disk is full. */
function removePart(temporary: string): void {
  for (const suffix of ["", "-journal"]) rmSync(`${temporary}${suffix}`, { force: true });
}

/** A WAL database on read-only media cannot be opened where it is: its index needs a writable folder. */
function openOrStage(source: string, stage: string): Database.Database {
  try {
    return openSqlite(source);
  } catch (thrown) {
    if (!(thrown instanceof RowhaulError) || thrown.code !== "SOURCE_UNREADABLE" || thrown.cause === undefined)
      throw thrown;
    if (!String((thrown.cause as { code?: string }).code).startsWith("SQLITE_") || !readHeader(source).wal)
      throw thrown;
    const before = fingerprint(source);
    copyFileSync(source, stage);
    if (existsSync(`${source}-wal`)) copyFileSync(`${source}-wal`, `${stage}-wal`);
    // A copy file by file is one state only if nothing was committed meanwhile.
    if (fingerprint(source) !== before)
      throw new RowhaulError(
        "SOURCE_BUSY",
        `${source} was written to while it was copied, and it cannot be opened where it is.`,
      );
    chmodSync(stage, 0o600);
    return openSqlite(stage);
  }
}

/**
 * The fingerprint is read before the transaction begins: a commit in between makes
 * it too old, never too new, so cutover may ask for a fresh run but cannot miss one.
 */
async function pinState(db: Database.Database, source: string): Promise<{ fingerprint: string; takenAt: string }> {
  for (let attempt = 0; ; attempt++) {
    try {
      const before = fingerprint(source);
      db.exec("BEGIN");
      db.prepare("SELECT count(*) FROM sqlite_schema").get();
      return { fingerprint: before, takenAt: new Date().toISOString() };
    } catch (thrown) {
      if (db.inTransaction) db.exec("ROLLBACK");
      const error = sourceError(source, thrown);
      if (error.code !== "SOURCE_BUSY" || attempt >= 2) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function copyPages(
  db: Database.Database,
  temporary: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  await db.backup(temporary, {
    progress({ totalPages, remainingPages }) {
      signal.throwIfAborted();
      progress(totalPages - remainingPages, totalPages);
      return pagesPerStep;
    },
  });
}

/** Out of WAL mode, so that the snapshot is one file and readers leave nothing beside it. */
function makeSelfContained(path: string): void {
  const db = new Database(path, { fileMustExist: true });
  try {
    db.pragma("journal_mode = DELETE");
  } finally {
    db.close();
  }
}

/**
 * True when both files hold the same pages. What a checkpoint or a change of
 * journal mode alone alters in the header is not content: write version and read
 * version (18, 19), change counter (24–27), version-valid-for (92–95) and the
 * library's version (96–99).
 */
export function samePages(a: string, b: string): boolean {
  const [one, two] = [openSync(a, "r"), openSync(b, "r")];
  const [left, right] = [Buffer.alloc(1 << 20), Buffer.alloc(1 << 20)];
  try {
    for (let at = 0; ; ) {
      const read = readSync(one, left, 0, left.length, at);
      if (read !== readSync(two, right, 0, right.length, at)) return false;
      if (read === 0) return true;
      if (at === 0) for (const head of [left, right]) head.fill(0, 18, 20).fill(0, 24, 28).fill(0, 92, 100);
      if (!left.subarray(0, read).equals(right.subarray(0, read))) return false;
      at += read;
    }
  } finally {
    closeSync(one);
    closeSync(two);
  }
}

function copyError(source: string, destination: string, thrown: unknown): unknown {
  // What cannot be opened is the source; the copy's file was made before.
  const known = isCantOpen(thrown) ? thrown : diskError(`the snapshot ${destination}`, thrown);
  return String((known as { code?: unknown }).code).startsWith("SQLITE_") ? sourceError(source, known) : known;
}

function isCantOpen(thrown: unknown): boolean {
  return String((thrown as { code?: unknown }).code).startsWith("SQLITE_CANTOPEN");
}
