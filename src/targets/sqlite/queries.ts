/** Queries on a run's SQLite file beside the move itself: measuring speed, inserting seed data. */
import Database from "better-sqlite3";
import type { TablePlace, TargetQueries } from "../../core/ports.ts";
import { sqliteSeed } from "../../operations/seed/seed-sqlite.ts";
import { sqliteFileOf } from "./target.ts";

export function sqliteQueries(path: string): TargetQueries {
  return {
    async ask({ run, plan, schema }: TablePlace, sql) {
      const db = new Database(sqliteFileOf(path, run, plan, schema), { readonly: true, fileMustExist: true });
      try {
        return db.prepare(sql).raw(true).safeIntegers(true).all();
      } finally {
        db.close();
      }
    },
    // The same dialect on both sides.
    translate: (_, sql) => ({ ok: true, sql }),
    async seed(file, signal) {
      const { insertSeed } = await import("../../operations/seed/seed.ts");
      const db = new Database(path, { fileMustExist: true, timeout: 5000 });
      try {
        db.exec("BEGIN IMMEDIATE");
        const summary = await insertSeed(file, sqliteSeed(db), signal);
        db.exec("COMMIT");
        return summary;
      } finally {
        // Closing takes back what was not committed.
        db.close();
      }
    },
  };
}
