/** The staging schema: where a run builds everything, unseen by the application. */

import { quoteName } from "../../../core/quote.ts";
import type { FinishTask, RunRow } from "../../../core/session.ts";
import { type Client, inTransaction } from "../../../postgres/transaction.ts";
import { fence, type Hold } from "../state/lease.ts";
import { insertRun, writeCheckpoint } from "../state/state.ts";
import { hasCheckpoint, hasRun } from "../state/witnesses.ts";
import { namingRows } from "./breaking-rows.ts";

/** Creates the run's row, its schema and its empty tables, all or nothing. */
export async function createStaging(
  { pool, lease, plan }: Hold,
  row: Omit<RunRow, "createdAt">,
  install: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const create = async (client: Client): Promise<void> => {
    await insertRun(client, lease.state, row);
    for (const statement of install) await client.query(statement);
    await client.query(`CREATE SCHEMA ${quoteName(plan.target.staging)}`);
    for (const table of plan.tables) await client.query(table.create);
    await fence(client, lease);
  };
  await inTransaction(pool, `creating the staging schema ${plan.target.staging}`, create, {
    signal,
    witness: hasRun(lease.state, row.run),
  });
}

/** One statement of finish with its checkpoint. */
export async function finishStep(
  { pool, lease, run }: Hold,
  { id, sql, doing }: FinishTask,
  signal: AbortSignal,
): Promise<void> {
  const step = `finish/${id}`;
  const execute = async (client: Client): Promise<void> => {
    await client.query("SET LOCAL maintenance_work_mem = '256MB'");
    await client.query(sql);
    await writeCheckpoint(client, lease.state, run, step, 0);
    await fence(client, lease);
  };
  await inTransaction(pool, doing, execute, { signal, witness: hasCheckpoint(lease.state, run, step) }).catch(
    async (thrown) => {
      throw await namingRows(pool, sql, thrown);
    },
  );
}
