/** Removes every trace of a run from the target. Only schemas that rowhaul made for this run are dropped. */

import { RowhaulError } from "../../../core/messages/errors.ts";
import { qualified, quoteName } from "../../../core/quote.ts";
import { asidePrefix, stagingPrefix } from "../../../core/schema/staging-name.ts";
import { type Client, inTransaction, type Pool } from "../../../postgres/transaction.ts";
import { hasDied } from "../../../system/process.ts";
import { deleteRun, dropState, readRun } from "./state.ts";
import { stateExists } from "./upgrade.ts";

/** Returns what was removed, for the message. */
export async function cleanRun(pool: Pool, state: string, run: string): Promise<string[]> {
  const row = await readRun(pool, state, run);
  const known = await stateExists(pool, state);
  const removed: string[] = [];
  await inTransaction(pool, `cleaning up run ${run}`, async (client) => {
    // Where the row is lost, the names tell: nobody else gives a schema the name of a run.
    const schemas = [row?.staging ?? `${stagingPrefix}${run}`, row?.aside ?? `${asidePrefix}${run}`];
    for (const schema of schemas) {
      // The names are the run's own; nothing else is ever dropped.
      if (!schema.startsWith("rowhaul_")) continue;
      const { rows } = await client.query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", [schema]);
      if (rows.length === 0) continue;
      await refuseDependants(client, schema);
      await client.query(`DROP SCHEMA ${quoteName(schema)} CASCADE`);
      removed.push(`schema ${schema}`);
    }
    if (row !== null || removed.length > 0) removed.push(...(await sweepSearch(client)));
    if (!known) return;
    await deleteRun(client, state, run);
    if (row !== null) removed.push(`state of run ${run}`);
    if (!(await isUsed(client, state))) removed.push(await dropState(client, state));
  });
  return removed;
}

/** By other runs. Whoever died on this machine holds nothing any more, however long its lease would last. */
async function isUsed(client: Client, state: string): Promise<boolean> {
  const runs = await client.query(`SELECT FROM ${qualified(state, "runs")} LIMIT 1`);
  const leases = await client.query<{ owner: string }>(
    `SELECT owner FROM ${qualified(state, "leases")} WHERE expires > clock_timestamp()`,
  );
  return runs.rows.length > 0 || leases.rows.some(({ owner }) => !hasDied(owner));
}

/** CASCADE would take along what others have built on the schema's tables since. */
export async function refuseDependants(client: Client, schema: string): Promise<void> {
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

/**
 * What full-text tables that are gone have left in the schema of the search functions; and that schema itself
 * when no table needs it any more and nothing of the application's was built on it.
 */
async function sweepSearch(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT n.nspname::text AS name FROM pg_catalog.pg_namespace n
      WHERE 3 = (SELECT count(*) FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND c.relname IN ('indexes', 'statistics', 'positions'))
        AND 2 = (SELECT count(*) FROM pg_catalog.pg_proc p WHERE p.pronamespace = n.oid AND p.proname IN ('sweep', 'version') AND p.pronargs = 0)
        AND pg_catalog.pg_has_role(n.nspowner, 'USAGE')`,
  );
  const removed: string[] = [];
  for (const { name } of rows) {
    await client.query(`SELECT ${quoteName(name)}.sweep()`);
    const used = await client.query(
      `SELECT 1 FROM ${qualified(name, "indexes")}
       UNION ALL
       SELECT 1 FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_proc p ON d.refclassid = 'pg_catalog.pg_proc'::regclass AND p.oid = d.refobjid
        WHERE p.pronamespace = $1::regnamespace AND d.classid <> 'pg_catalog.pg_proc'::regclass LIMIT 1`,
      [quoteName(name)],
    );
    if (used.rows.length > 0) continue;
    await client.query(`DROP SCHEMA ${quoteName(name)} CASCADE`);
    removed.push(`schema ${name} of the search functions`);
  }
  return removed;
}
