/** Queries on a run's target in PostgreSQL beside the move itself: measuring speed, inserting seed data. */

import { asTheApplication } from "../../core/pinned-settings.ts";
import type { TargetQueries } from "../../core/ports.ts";
import { quoteName } from "../../core/quote.ts";
import { postgresSeed } from "../../operations/seed/seed-postgres.ts";
import { translateSelection } from "../../plan/to-postgres/translate-query.ts";
import type { Pool } from "../../postgres/transaction.ts";
import { inTransaction } from "../../postgres/transaction.ts";

/** `schema`: of the live tables. */
export function postgresQueries(pool: Pool, live: string): TargetQueries {
  return {
    ask: ({ schema }, sql) =>
      inTransaction(
        pool,
        "measuring a query",
        async (client) => {
          await client.query(asTheApplication);
          await client.query("SELECT set_config('search_path', $1, true)", [quoteName(schema)]);
          // Of several statements the first could end the transaction that changes nothing: this way takes only one.
          const query = { text: sql, rowMode: "array" as const, queryMode: "extended" };
          return (await client.query(query)).rows;
        },
        { begin: "read-only" },
      ),
    translate: ({ plan, schema }, sql) => translateSelection(sql, plan, schema),
    async seed(path, signal) {
      const { insertSeed } = await import("../../operations/seed/seed.ts");
      return inTransaction(pool, "putting in the seed", async (client) => {
        await client.query(asTheApplication);
        const query = async (text: string, values?: readonly unknown[]) =>
          (await client.query(text, values === undefined ? undefined : [...values])).rows;
        return insertSeed(path, postgresSeed(live, query), signal);
      });
    },
  };
}
