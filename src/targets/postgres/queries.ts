/** Queries on a run's target in PostgreSQL beside the move itself: measuring speed, inserting seed data. */

import { asTheApplication } from "../../core/pinned-settings.ts";
import type { TargetQueries } from "../../core/ports.ts";
import { quoteName } from "../../core/quote.ts";
import { postgresSeed } from "../../operations/seed/seed-postgres.ts";
import { translateSelection } from "../../plan/to-postgres/translate-query.ts";
import { type Client, inTransaction, type Pool } from "../../postgres/transaction.ts";
import { writeCheckpointOnce } from "./state/state.ts";
import { hasCheckpoint } from "./state/witnesses.ts";

const seedStep = "seed";

/** `live`: schema of the live tables; `state`: of rowhaul's own. */
export function postgresQueries(pool: Pool, live: string, state: string): TargetQueries {
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
    async seed(run, path, signal) {
      const { insertSeed } = await import("../../operations/seed/seed.ts");
      const putIn = async (client: Client): Promise<string | null> => {
        // Waits for another transaction that is at it, also for one whose process is gone.
        if (!(await writeCheckpointOnce(client, state, run, seedStep))) return null;
        await client.query(asTheApplication);
        const query = async (text: string, values?: readonly unknown[]) =>
          (await client.query(text, values === undefined ? undefined : [...values])).rows;
        return insertSeed(path, postgresSeed(live, query), signal);
      };
      return inTransaction(pool, "putting in the seed", putIn, {
        signal,
        witness: hasCheckpoint(state, run, seedStep),
      });
    },
  };
}
