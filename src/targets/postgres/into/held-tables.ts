/** Which tables are held under ACCESS EXCLUSIVE locks. */
import { RowhaulError } from "../../../core/messages/errors.ts";
import { ask } from "../../../postgres/begin.ts";
import type { Pool } from "../../../postgres/transaction.ts";

/** A timeout with the tables that were waited for; any other error as it is. */
export async function namingHeld(pool: Pool, schema: string, thrown: unknown): Promise<unknown> {
  if (!(thrown instanceof RowhaulError) || thrown.code !== "LOCK_TIMEOUT") return thrown;
  const { rows } = await ask<{ name: string; pid: number }>(
    pool,
    `SELECT c.relname::text AS name, l.pid FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND l.granted AND l.mode = 'AccessExclusiveLock' ORDER BY 1`,
    [schema],
  );
  const [first] = rows;
  if (first === undefined) return thrown;
  return new RowhaulError(
    thrown.code,
    `While waiting for the lock on ${rows.map(({ name }) => name).join(", ")}: ${thrown.message}`,
    {
      place: { table: first.name },
      cause: thrown.cause,
      hint: `Another session (pid ${first.pid}) holds it: let it end, then run again.`,
    },
  );
}
