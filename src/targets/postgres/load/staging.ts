/** The staging schema: where a run builds everything, unseen by the application. */

import type { Plan } from "../../../core/plan/plan.ts";
import type { RunRow } from "../../../core/ports.ts";
import { quoteName } from "../../../core/quote.ts";
import { inTransaction, type Pool } from "../../../postgres/transaction.ts";
import { fence, type Lease } from "../state/lease.ts";
import { insertRun, writeCheckpoint } from "../state/state.ts";
import { namingRows } from "./breaking-rows.ts";

/** Creates the run's row, its schema and its empty tables, all or nothing. */
export async function createStaging(
  pool: Pool,
  lease: Lease,
  plan: Plan,
  run: Omit<RunRow, "createdAt">,
  install: readonly string[] = [],
): Promise<void> {
  await inTransaction(pool, `creating the staging schema ${plan.target.staging}`, async (client) => {
    await insertRun(client, lease.state, run);
    for (const statement of install) await client.query(statement);
    await client.query(`CREATE SCHEMA ${quoteName(plan.target.staging)}`);
    for (const table of plan.tables) await client.query(table.create);
    await fence(client, lease);
  });
}

/** One statement of finish with its checkpoint. */
export async function finishStep(
  pool: Pool,
  lease: Lease,
  run: string,
  step: string,
  sql: string,
  doing: string,
): Promise<void> {
  const done = inTransaction(pool, doing, async (client) => {
    await client.query("SET LOCAL maintenance_work_mem = '256MB'");
    await client.query(sql);
    await writeCheckpoint(client, lease.state, run, `finish/${step}`, 0);
    await fence(client, lease);
  });
  await done.catch(async (thrown) => {
    throw await namingRows(pool, sql, thrown);
  });
}
