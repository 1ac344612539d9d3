/** Seeds a SQLite file, over a connection that is in a transaction. */

import type Database from "better-sqlite3";
import { quoteName } from "../../core/quote.ts";
import type { SeedTarget } from "./seed.ts";

export function sqliteSeed(db: Database.Database): SeedTarget {
  return {
    async execute(sql) {
      db.exec(sql);
    },
    async insert(table, columns, rows) {
      const places = columns.map(() => "?").join(", ");
      const insert = db.prepare(
        `INSERT INTO ${quoteName(table)} (${columns.map(quoteName).join(", ")}) VALUES (${places})`,
      );
      // SQLite has no booleans, and numbers of this interface are integers as digits or doubles.
      for (const row of rows) insert.run(row.map((cell) => (typeof cell === "boolean" ? Number(cell) : cell)));
    },
    // AUTOINCREMENT follows the highest rowid by itself.
    async filled() {},
  };
}
