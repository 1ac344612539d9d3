/** Runs in a process of its own. */
import { openSqlite } from "../../sqlite/open.ts";

export default function tryStatements({
  path,
  statements,
}: {
  readonly path: string;
  readonly statements: readonly string[];
}): void {
  const db = openSqlite(path);
  try {
    for (const statement of statements) {
      try {
        db.prepare(statement).get();
      } catch {
        // Whoever needs it names what is wrong with it.
      }
    }
  } finally {
    db.close();
  }
}
