/** The file of shaped tables: a copy of the snapshot under a temporary name, to be thrown away whole if anything goes wrong. */
import { chmodSync, closeSync, constants, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { type Sqlite, sourceError } from "../../sqlite/open.ts";

export type ShapedFile = {
  readonly db: Sqlite;
  /** Makes it durable under its name. */
  finish(): void;
  /** Removes what was written; safe after `finish`, which it leaves alone. */
  abandon(): void;
};

/** Copies, opens and begins. Throws LOCAL_DISK. */
export async function openShaped(snapshot: string, shaped: string): Promise<ShapedFile> {
  const temporary = `${shaped}.part`;
  remove(temporary);
  let db: Sqlite;
  try {
    // On file systems that can, the copy shares its pages with the snapshot until they are written to.
    await copyFile(snapshot, temporary, constants.COPYFILE_FICLONE);
    chmodSync(temporary, 0o600);
    db = new Database(temporary, { fileMustExist: true });
  } catch (thrown) {
    remove(temporary);
    throw diskError(shaped, thrown);
  }
  db.defaultSafeIntegers(true);
  // Neither journal nor sync: see above. Foreign keys on would have a DROP delete the rows of others.
  for (const pragma of ["journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -32768"])
    db.pragma(pragma);
  let finished = false;
  return {
    db,
    finish() {
      db.exec("COMMIT");
      db.close();
      sync(temporary);
      renameSync(temporary, shaped);
      sync(dirname(shaped));
      finished = true;
    },
    abandon() {
      if (finished) return;
      if (db.open) db.close();
      remove(temporary);
    },
  };
}

/** What SQLite or the file system threw, as an error that names the cause; anything else as it is. */
export function shapeError(snapshot: string, shaped: string, thrown: unknown): unknown {
  const known = diskError(shaped, thrown);
  const isSqlite = String((known as { code?: unknown } | null)?.code).startsWith("SQLITE_");
  return isSqlite ? sourceError(snapshot, known) : known;
}

function diskError(shaped: string, thrown: unknown): unknown {
  if (thrown instanceof RowhaulError) return thrown;
  // The code of an abort is a number.
  const code = String((thrown as { code?: unknown } | null)?.code);
  if (code.startsWith("SQLITE_FULL") || code === "ENOSPC")
    return new RowhaulError("LOCAL_DISK", `No space left for the transformed rows in ${shaped}.`, { cause: thrown });
  if (code.startsWith("SQLITE_IOERR") || code.startsWith("SQLITE_CANTOPEN") || /^E[A-Z]+$/.test(code))
    return new RowhaulError(
      "LOCAL_DISK",
      `The transformed rows cannot be written to ${shaped}: ${messageOf(thrown)}.`,
      {
        cause: thrown,
      },
    );
  return thrown;
}

function remove(temporary: string): void {
  for (const suffix of ["", "-journal", "-wal", "-shm"]) rmSync(`${temporary}${suffix}`, { force: true });
}

function sync(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
