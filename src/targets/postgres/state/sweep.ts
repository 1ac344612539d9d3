/**
 * What earlier runs of a pipeline left in the target when they failed: their staging schemas. The lease on
 * the schema says that none of them is at work. A run that came to switch keeps its schemas: its way back needs them.
 */

import { qualified, quoteName } from "../../../core/quote.ts";
import { isBefore, runStages } from "../../../core/run-stages.ts";
import { type Client, inTransaction } from "../../../postgres/transaction.ts";
import { refuseDependants } from "./clean.ts";
import { fence, type Hold } from "./lease.ts";

/** Returns the schemas that are gone. */
export async function sweepStaging({ pool, lease, run }: Hold, signal: AbortSignal): Promise<string[]> {
  const sweep = async (client: Client): Promise<string[]> => {
    const { rows } = await client.query<{ staging: string }>(
      `SELECT r.staging FROM ${qualified(lease.state, "runs")} r
         JOIN ${qualified(lease.state, "runs")} mine ON mine.run_id = $1
          AND (mine.pipeline, mine.target_schema) = (r.pipeline, r.target_schema)
         JOIN pg_catalog.pg_namespace n ON n.nspname = r.staging
        WHERE r.run_id <> mine.run_id AND r.created_at < mine.created_at AND r.status = ANY ($2)
          AND starts_with(r.staging, 'rowhaul_') AND pg_catalog.pg_has_role(n.nspowner, 'USAGE')
          AND NOT EXISTS (SELECT FROM ${qualified(lease.state, "leases")} l WHERE l.run_id = r.run_id AND l.expires > now())
        ORDER BY 1`,
      [run, runStages.filter((stage) => isBefore(stage, "switched"))],
    );
    for (const { staging } of rows) {
      await refuseDependants(client, staging);
      await client.query(`DROP SCHEMA ${quoteName(staging)} CASCADE`);
    }
    await fence(client, lease);
    return rows.map(({ staging }) => staging);
  };
  return inTransaction(pool, "removing what failed runs left", sweep, { signal });
}
