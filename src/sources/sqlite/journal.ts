/** The rollback journal beside a database: does it hold what a crash left half done? */
import { existsSync } from "node:fs";
import Database from "better-sqlite3";
import { cleaningUpNow } from "../../core/messages/clean-up.ts";
import { sourceError } from "../../sqlite/open.ts";

/** Throws SOURCE_UNREADABLE for one that must be rolled back before anything can be read. A writer's own is none. */
export function checkJournal(path: string): void {
  if (!existsSync(`${path}-journal`)) return;
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 0 });
    cleaningUpNow(
      () => db.prepare("SELECT count(*) FROM sqlite_schema").get(),
      () => db.close(),
    );
  } catch (thrown) {
    // Whatever else is wrong is met, and waited for, when the file is read.
    if ((thrown as { code?: string }).code === "SQLITE_READONLY_ROLLBACK") throw sourceError(path, thrown);
  }
}
