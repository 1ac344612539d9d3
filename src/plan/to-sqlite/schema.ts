/**
 * The schema being planned, as an empty SQLite database in memory: pure, for nothing goes in or out of it but text.
 * SQLite says itself what it refuses, and carries new names through everything that mentions them.
 */

import Database from "better-sqlite3";
import { cleaningUpNow } from "../../core/messages/clean-up.ts";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { quoteLiteral, quoteName } from "../../core/quote.ts";
import { tokenize } from "../../sql/parse/tokenize.ts";

export type Schema = {
  /** Null, or SQLite's objection. */
  add(sql: string): string | null;
  /** As {@link add}, and nothing stays. */
  wouldAdd(sql: string): string | null;
  renameColumn(table: string, from: string, to: string): void;
  renameTable(from: string, to: string): void;
  /** The statement as SQLite keeps it, with every new name in its place. */
  sql(type: "table" | "index" | "view" | "trigger", name: string): string;
  close(): void;
};

export function openSchema(): Schema {
  const db = new Database(":memory:");
  db.pragma("foreign_keys = OFF");
  const rename = (sql: string, from: string): void => {
    try {
      db.exec(sql);
    } catch (thrown) {
      throw new RowhaulError("PLAN_INVALID", `${from} cannot be renamed: ${messageOf(thrown)}.`, { cause: thrown });
    }
  };
  return {
    add: (sql) => attempt(db, sql),
    wouldAdd(sql) {
      db.exec("BEGIN");
      return cleaningUpNow(
        () => {
          return attempt(db, sql);
        },
        () => db.exec("ROLLBACK"),
      );
    },
    renameColumn: (table, from, to) =>
      rename(
        `ALTER TABLE ${quoteName(table)} RENAME COLUMN ${quoteName(from)} TO ${quoteName(to)}`,
        `${table}.${from}`,
      ),
    renameTable: (from, to) => rename(`ALTER TABLE ${quoteName(from)} RENAME TO ${quoteName(to)}`, from),
    sql(type, name) {
      const text = db
        .prepare("SELECT sql FROM sqlite_schema WHERE type = ? AND name = ? COLLATE NOCASE")
        .pluck()
        .get(type, name);
      if (typeof text !== "string") throw new Error(`No ${type} ${name} in the planned schema`);
      return text;
    },
    close: () => db.close(),
  };
}

/**
 * Old schemas write texts in "double quotes", which SQLite takes for texts where no column has the name; the build
 * at hand does not, so the ones it objects to are written as texts.
 */
function attempt(db: Database.Database, sql: string): string | null {
  let text = sql;
  for (let round = 0; round < 100; round++) {
    try {
      // Not exec(), which takes several statements: an export's manifest is not trusted.
      if (!/^\s*CREATE\b/i.test(text)) return "it is no CREATE statement";
      db.prepare(text).run();
      return null;
    } catch (thrown) {
      const objection = messageOf(thrown);
      const repaired = withText(text, /no such column: "?(.*?)"?(?: - should this be|$)/s.exec(objection)?.[1]);
      if (repaired === null || repaired === text) return objection;
      text = repaired;
    }
  }
  return "too many texts in double quotes";
}

function withText(sql: string, name: string | undefined): string | null {
  const token = tokenize(sql).find(({ quote, value }) => quote === '"' && value === name);
  if (token === undefined) return null;
  return `${sql.slice(0, token.from)}${quoteLiteral(token.value)}${sql.slice(token.to)}`;
}
