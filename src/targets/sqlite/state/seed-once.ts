/**
 * Seed data go into the application's file, and the state of runs is another: no transaction covers both. So the seed's
 * transaction leaves a table of ours in that file, which goes as soon as the state says that the seed is in.
 */
import Database from "better-sqlite3";
import { hasTable } from "../load/staging.ts";
import { isThere } from "../switch/files.ts";
import { stateFile } from "../switch/places.ts";
import { readSwitch, type Sqlite, withState } from "./state.ts";

const marker = "rowhaul run seed";

/** `putIn` works in a transaction, whose result comes back; null where the run's seed was in already. */
export async function seedOnce<T>(path: string, run: string, putIn: (db: Sqlite) => Promise<T>): Promise<T | null> {
  const state = stateFile(path);
  const db = new Database(path, { fileMustExist: true, timeout: 5000 });
  try {
    const known = readSwitch(state, run).switched?.seeded === true;
    const result = known || isMarked(db, run) ? null : await marked(db, run, putIn);
    if (!known)
      withState(state, (own) =>
        own.prepare("UPDATE runs SET switched = json_set(switched, '$.seeded', json('true')) WHERE run = ?").run(run),
      );
    unmark(db);
    return result;
  } finally {
    // Closing takes back what was not committed.
    db.close();
  }
}

/** What a process that was killed at that point left, for {@link seedOnce} to find, or for nobody any more. */
export function removeMarker(path: string): void {
  if (!isThere(path)) return;
  const db = new Database(path, { fileMustExist: true, timeout: 5000 });
  try {
    unmark(db);
  } finally {
    db.close();
  }
}

async function marked<T>(db: Sqlite, run: string, putIn: (db: Sqlite) => Promise<T>): Promise<T> {
  db.exec("BEGIN IMMEDIATE");
  db.exec(`CREATE TABLE IF NOT EXISTS "${marker}" (run TEXT NOT NULL)`);
  db.prepare(`INSERT INTO "${marker}" VALUES (?)`).run(run);
  const result = await putIn(db);
  db.exec("COMMIT");
  return result;
}

/** A file that a later run copied has the one of the earlier. */
function isMarked(db: Sqlite, run: string): boolean {
  return hasTable(db, marker) && db.prepare(`SELECT 1 FROM "${marker}" WHERE run = ?`).get(run) !== undefined;
}

function unmark(db: Sqlite): void {
  if (hasTable(db, marker)) db.exec(`DROP TABLE "${marker}"`);
}
