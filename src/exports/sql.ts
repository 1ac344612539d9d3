/** How a snapshot file is opened to be exported. */
import Database from "better-sqlite3";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";

/** Read-only; integers come as BigInt, so that INTEGER and REAL stay apart. */
export function openSnapshotFile(path: string): Database.Database {
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true });
    db.defaultSafeIntegers(true);
    db.prepare("SELECT count(*) FROM sqlite_schema").get();
    return db;
  } catch (thrown) {
    throw new RowhaulError("SOURCE_UNREADABLE", `The snapshot ${path} cannot be read: ${messageOf(thrown)}.`, {
      cause: thrown,
    });
  }
}
