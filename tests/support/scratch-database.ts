/** A folder of the test file's own, and SQLite files in it. */
import { join } from "node:path";
import Database from "better-sqlite3";
import type { ErrorCode } from "../../src/core/messages/error-codes.ts";
import { RowhaulError } from "../../src/core/messages/errors.ts";
import { scratchFolder } from "./scratch-folder.ts";

const folder = scratchFolder("rowhaul-connectors-");
let files = 0;

/** A path that no other test uses. */
export function freshPath(name = "file.db"): string {
  return join(folder(), `${files++}-${name}`);
}

/** Makes a database and closes it; returns its path. */
export function makeDatabase(fill: string | ((db: Database.Database) => void), path = freshPath()): string {
  const db = new Database(path);
  db.pragma("foreign_keys = OFF");
  if (typeof fill === "string") db.exec(fill);
  else fill(db);
  db.close();
  return path;
}

/** Opens for writing; the caller closes. */
export function openWriter(path: string, journal: "wal" | "delete"): Database.Database {
  const db = new Database(path);
  db.pragma(`journal_mode = ${journal}`);
  return db;
}

/** The error that `work` throws; it must be one of ours. */
export async function errorOf(work: () => unknown): Promise<RowhaulError> {
  try {
    await work();
  } catch (thrown) {
    if (thrown instanceof RowhaulError) return thrown;
    throw thrown;
  }
  throw new Error("nothing was thrown");
}

export async function codeOf(work: () => unknown): Promise<ErrorCode> {
  return (await errorOf(work)).code;
}
