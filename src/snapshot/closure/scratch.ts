/** The file that holds sets of rows, with the snapshot attached as `snap`. */
import { chmodSync, closeSync, openSync } from "node:fs";
import Database from "better-sqlite3";
import { openSqlite, type Sqlite } from "../../sqlite/open.ts";
import { onDisk } from "../../system/disk-error.ts";

/** Throws LOCAL_DISK. */
export function openScratch(path: string, snapshot: string): Sqlite {
  const encoding = encodingOf(snapshot);
  onDisk(path, () => {
    closeSync(openSync(path, "w", 0o600));
    chmodSync(path, 0o600);
  });
  const db = new Database(path);
  // SQLite attaches only files of one encoding.
  db.pragma(`encoding = '${encoding}'`);
  for (const pragma of ["journal_mode = OFF", "synchronous = OFF", "cache_size = -16384"]) db.pragma(pragma);
  db.defaultSafeIntegers(true);
  db.prepare("ATTACH ? AS snap").run(snapshot);
  db.exec("BEGIN");
  return db;
}

function encodingOf(snapshot: string): string {
  const db = openSqlite(snapshot);
  try {
    return String(db.pragma("encoding", { simple: true }));
  } finally {
    db.close();
  }
}
