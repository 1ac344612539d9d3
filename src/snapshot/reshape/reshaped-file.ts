/** The file of reshaped tables: a copy of the snapshot under a temporary name, to be thrown away whole if anything goes wrong. */
import { chmodSync, constants, rmSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import Database from "better-sqlite3";
import { type Sqlite, sourceError } from "../../sqlite/open.ts";
import { diskError } from "../../system/disk-error.ts";
import { putInPlace } from "../../system/durable-file.ts";

export type ReshapedFile = {
  readonly db: Sqlite;
  /** Makes it durable under its name. */
  finish(): void;
  /** Removes what was written; safe after `finish`, which it leaves alone. */
  abandon(): void;
};

/** Copies, opens and begins. Throws LOCAL_DISK. */
export async function openReshaped(snapshot: string, reshaped: string): Promise<ReshapedFile> {
  const temporary = `${reshaped}.part`;
  remove(temporary);
  let db: Sqlite;
  try {
    // On file systems that can, the copy shares its pages with the snapshot until they are written to.
    await copyFile(snapshot, temporary, constants.COPYFILE_FICLONE);
    chmodSync(temporary, 0o600);
    db = new Database(temporary, { fileMustExist: true });
  } catch (thrown) {
    remove(temporary);
    throw diskError(`the transformed rows in ${reshaped}`, thrown);
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
      putInPlace(temporary, reshaped);
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
export function shapeError(snapshot: string, reshaped: string, thrown: unknown): unknown {
  const known = diskError(`the transformed rows in ${reshaped}`, thrown);
  const isSqlite = String((known as { code?: unknown } | null)?.code).startsWith("SQLITE_");
  return isSqlite ? sourceError(snapshot, known) : known;
}

function remove(temporary: string): void {
  for (const suffix of ["", "-journal", "-wal", "-shm"]) rmSync(`${temporary}${suffix}`, { force: true });
}
