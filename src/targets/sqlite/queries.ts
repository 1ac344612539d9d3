/** Queries on a run's SQLite file beside the move itself: measuring speed, inserting seed data. */
import Database from "better-sqlite3";
import type { TablePlace, TargetQueries } from "../../core/ports.ts";
import { sqliteSeed } from "../../operations/seed/seed-sqlite.ts";
import { explained } from "./errors.ts";
import { seedOnce } from "./state/seed-once.ts";
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
    async seed(run, seed, signal) {
      const { insertSeed } = await import("../../operations/seed/seed.ts");
      return explained(path, "putting in the seed", () =>
        seedOnce(path, run, (db) => insertSeed(seed, sqliteSeed(db), signal)),
      );
    },
  };
}
