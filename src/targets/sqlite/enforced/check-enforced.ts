/**
 * What the application's tables enforce, once the rows are in: while they come, nothing of it is checked, because a child
 * may come before its parent. NOT NULL, UNIQUE and the types of STRICT tables SQLite enforces with each row.
 */
import { existsSync } from "node:fs";
import Database from "better-sqlite3";
import { refuseBroken } from "./broken.ts";
import { brokenConditions } from "./conditions.ts";
import { brokenReferences } from "./references.ts";

/** `tables`: those that were in the file and got rows. Throws CONSTRAINT_VIOLATED with all that is broken. */
export function checkEnforced(staging: string, path: string, tables: readonly string[]): void {
  if (tables.length === 0 || !existsSync(path)) return;
  // For reading alone: whoever closes a log last writes it into the file, and that would be a write to the live one.
  const db = new Database(staging, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    db.prepare("ATTACH ? AS before").run(path);
    refuseBroken(path, [...tables.flatMap((table) => brokenConditions(db, table)), ...brokenReferences(db, tables)]);
  } finally {
    db.close();
  }
}
