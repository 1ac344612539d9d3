/** Makes indexes of a file of our own anew. */
import Database from "better-sqlite3";
import { messageOf } from "../core/messages/errors.ts";

export type FailedRemedy = { readonly remedy: string; readonly message: string };

/** Null when all could be made. */
export function rebuildIndexes(input: {
  readonly path: string;
  readonly remedies: readonly string[];
}): FailedRemedy | null {
  const db = new Database(input.path, { fileMustExist: true });
  try {
    for (const remedy of input.remedies) {
      try {
        db.exec(remedy);
      } catch (thrown) {
        return { remedy, message: messageOf(thrown) };
      }
    }
    return null;
  } finally {
    db.close();
  }
}
