import type Database from "better-sqlite3";

/** SQLite has rolled back by itself after some failures, as of a full disk. */
export function rollBack(db: Database.Database): void {
  if (db.inTransaction) db.exec("ROLLBACK");
}
