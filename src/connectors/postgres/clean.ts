/** Removes every trace of a run from the target. Only schemas that rowhaul made for this run are dropped. */
import { RowhaulError } from "../../core/errors.ts";
import { qualified, quoteName } from "./quote.ts";
import { deleteRun, dropState, readRun } from "./state.ts";
import { type Client, inTransaction, type Pool } from "./transaction.ts";

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
      await refuseDependants(client, schema);
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

/** CASCADE would take along what others have built on the schema's tables since. */
async function refuseDependants(client: Client, schema: string): Promise<void> {
  const { rows } = await client.query(
    `WITH inside AS (SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1)
     SELECT r.ev_class::regclass::text AS dependant FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
      WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
        AND d.refobjid IN (SELECT oid FROM inside) AND r.ev_class NOT IN (SELECT oid FROM inside)
     UNION
     SELECT 'foreign key ' || k.conname || ' of ' || k.conrelid::regclass::text FROM pg_catalog.pg_constraint k
      WHERE k.contype = 'f' AND k.confrelid IN (SELECT oid FROM inside) AND k.conrelid NOT IN (SELECT oid FROM inside)
     ORDER BY 1 LIMIT 10`,
    [schema],
  );
  const [first, ...more] = rows.map((row: { dependant: string }) => row.dependant);
  if (first === undefined) return;
  throw new RowhaulError("TARGET_ASIDE_BLOCKED", `Schema ${schema} cannot be removed: ${first} depends on it.`, {
    details: more.map((dependant) => `${dependant} depends on it`),
    hint: "Remove or change what depends on it, then run the same command again.",
  });
}
