/** The real FTS5, asked what it makes of a query. */
import Database from "better-sqlite3";
import { messageOf } from "../../../src/core/messages/errors.ts";

export type Oracle = {
  /** FTS5's error, or null when it takes the query. */
  readonly refusal: (query: string) => string | null;
  /** The rowids that match, ascending. */
  readonly matches: (query: string) => number[];
  readonly close: () => void;
};

export function fts5Oracle(columns: readonly string[], rows: readonly (readonly string[])[] = []): Oracle {
  const database = new Database(":memory:");
  const names = columns.map((name) => `"${name.replaceAll('"', '""')}"`).join(", ");
  database.exec(`CREATE VIRTUAL TABLE t USING fts5(${names})`);
  const insert = database.prepare(`INSERT INTO t VALUES (${columns.map(() => "?").join(", ")})`);
  for (const row of rows) insert.run(...row);
  const select = database.prepare<[string], number>("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rowid").pluck();
  return {
    refusal: (query) => {
      try {
        select.all(query);
        return null;
      } catch (error) {
        return messageOf(error);
      }
    },
    matches: (query) => select.all(query),
    close: () => database.close(),
  };
}
