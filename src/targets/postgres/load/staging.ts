/** The staging schema: where a run builds everything, unseen by the application. */

import { quoteName } from "../../../core/quote.ts";
import type { FinishTask, RunRow } from "../../../core/session.ts";
import { executeAll } from "../../../postgres/many-statements.ts";
import { type Client, inTransaction } from "../../../postgres/transaction.ts";
import { fence, type Hold } from "../state/lease.ts";
import { insertRun, writeCheckpoint, writeCheckpoints } from "../state/state.ts";
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
    await executeAll(
      client,
      plan.tables.map(({ create }) => create),
    );
    await fence(client, lease);
  };
  await inTransaction(pool, `creating the staging schema ${plan.target.staging}`, create, {
    signal,
    witness: hasRun(lease.state, row.run),
  });
}

/** Several statements of finish with their checkpoints, all or nothing. */
export async function finishTogether(
  { pool, lease, run }: Hold,
  tasks: readonly FinishTask[],
  signal: AbortSignal,
): Promise<void> {
  const execute = async (client: Client): Promise<void> => {
    await client.query("SET LOCAL maintenance_work_mem = '256MB'");
    await executeAll(
      client,
      tasks.map(({ sql }) => sql),
    );
    const steps = tasks.map(({ id }) => `finish/${id}`);
    await writeCheckpoints(client, lease.state, run, steps);
    await fence(client, lease);
  };
  const witness = hasCheckpoint(lease.state, run, `finish/${tasks[0]?.id}`);
  await inTransaction(pool, "adding keys, indexes and constraints", execute, { signal, witness });
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
