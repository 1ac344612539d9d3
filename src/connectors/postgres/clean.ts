/** Removes every trace of a run from the target. Only schemas that rowhaul made for this run are dropped. */
import { qualified, quoteName } from "./quote.ts";
import { deleteRun, dropState, readRun } from "./state.ts";
import { inTransaction, type Pool } from "./transaction.ts";

/** Returns what was removed, for the message. */
export async function cleanRun(pool: Pool, state: string, run: string): Promise<string[]> {
  const row = await readRun(pool, state, run);
  if (row === null) return [];
  const removed: string[] = [];
  await inTransaction(pool, `cleaning up run ${run}`, async (client) => {
    for (const schema of [row.staging, row.aside]) {
      // The names are the run's own; nothing else is ever dropped.
      if (schema === null || !schema.startsWith("rowhaul_")) continue;
      const { rows } = await client.query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", [schema]);
      if (rows.length === 0) continue;
      await client.query(`DROP SCHEMA ${quoteName(schema)} CASCADE`);
      removed.push(`schema ${schema}`);
    }
    await deleteRun(client, state, run);
    removed.push(`state of run ${run}`);
    const left = await client.query(
      `SELECT (SELECT count(*) FROM ${qualified(state, "runs")}) + (SELECT count(*) FROM ${qualified(state, "leases")} WHERE expires > now()) AS n`,
    );
    if (Number(left.rows[0].n) === 0) removed.push(await dropState(client, state));
  });
  return removed;
}
