/** Queries on a run's target that are no part of the move: its speed, and seed data. */

import Database from "better-sqlite3";
import type { TablePlace, TargetQueries } from "../core/ports.ts";
import { quoteName } from "../core/quote.ts";
import type { Settings } from "../core/settings.ts";
import { plantSeed } from "../operations/seed/seed.ts";
import { postgresSeed } from "../operations/seed/seed-postgres.ts";
import { sqliteSeed } from "../operations/seed/seed-sqlite.ts";
import { translateSelection } from "../plan/to-postgres/translate-query.ts";
import type { Pool } from "../postgres/transaction.ts";
import { inTransaction } from "../postgres/transaction.ts";
import { sqliteFileOf } from "../targets/sqlite/target.ts";

export function postgresQueries(pool: Pool, { target }: Settings): TargetQueries {
  return {
    ask: ({ schema }, sql) =>
      inTransaction(
        pool,
        "measuring a query",
        async (client) => {
          await client.query("SELECT set_config('search_path', $1, true)", [quoteName(schema)]);
          // Of several statements the first could end the transaction that changes nothing: this way takes only one.
          const query = { text: sql, rowMode: "array" as const, queryMode: "extended" };
          return (await client.query(query)).rows;
        },
        "BEGIN READ ONLY",
      ),
    translate: ({ plan, schema }, sql) => translateSelection(sql, plan, schema),
    seed: (path, signal) =>
      inTransaction(pool, "putting in the seed", (client) => {
        const query = async (text: string, values?: readonly unknown[]) =>
          (await client.query(text, values === undefined ? undefined : [...values])).rows;
        return plantSeed(path, postgresSeed(target.schema, query), signal);
      }),
  };
}

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
      const db = new Database(path, { fileMustExist: true, timeout: 5000 });
      try {
        db.exec("BEGIN IMMEDIATE");
        const told = await plantSeed(file, sqliteSeed(db), signal);
        db.exec("COMMIT");
        return told;
      } finally {
        // Closing takes back what was not committed.
        db.close();
      }
    },
  };
}
