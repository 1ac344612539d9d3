/**
 * Work that no other process does at the same time. SQLite's lock on a file is the system's, which no process keeps
 * beyond its end, so that there is nothing to take over from one that was killed.
 */
import Database from "better-sqlite3";
import { cleaningUpNow } from "../core/messages/clean-up.ts";
import { nativeError } from "./native.ts";

/** `file` is made where it is not there, stays empty, and may be removed at any time. Throws what SQLite throws after 10 s. */
export function alone<T>(file: string, work: () => T): T {
  const db = opened(file);
  return cleaningUpNow(
    () => {
      db.exec("BEGIN EXCLUSIVE");
      return work();
    },
    () => db.close(),
  );
}

function opened(file: string): Database.Database {
  try {
    return new Database(file, { timeout: 10_000 });
  } catch (thrown) {
    throw nativeError(thrown) ?? thrown;
  }
}
