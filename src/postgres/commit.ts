/**
 * A COMMIT whose answer never came is neither done nor failed: the server may carry it out later, or have done so. What
 * is true is known once that transaction has ended, and then from what it wrote.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { ClientBase } from "pg";
import { RowhaulError } from "../core/messages/errors.ts";
import { commitMs } from "../core/patience.ts";
import type { CommitMark } from "../core/plan/live.ts";
import { Connection, close } from "./connection.ts";
import { asking } from "./errors.ts";
import type { Pool } from "./pool.ts";

/** Whether the transaction's own row is there. */
export type Witness = (client: ClientBase) => Promise<boolean>;

/** A backend has this long to end by itself, and as long again once it was told to. */
const endingMs = 10_000;

/** Waits for the transaction's end, then asks the witness. Throws COMMIT_UNKNOWN. */
export async function wasCommitted(
  pool: Pool,
  mark: CommitMark,
  witness: Witness,
  doing: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const since = performance.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await aside(pool, async (client) => {
        await untilEnded(client, mark);
        return witness(client);
      });
    } catch (thrown) {
      const limit = signal?.aborted ? commitMs / 4 : commitMs;
      if (performance.now() - since > limit) throw unknown(doing, thrown);
      await sleep(Math.min(100 * 2 ** attempt, 2_000));
    }
  }
}

/** As {@link wasCommitted}, where only the end matters. */
export function settle(pool: Pool, mark: CommitMark): Promise<void> {
  return asking("waiting for the end of an earlier transaction", () =>
    aside(pool, (client) => untilEnded(client, mark)),
  );
}

/** On a connection of its own, whose statements wait at most fifteen seconds: those of the pool may be as dead as the one that broke. */
async function aside<T>(pool: Pool, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = new Connection({ ...pool.options, password: pool.options.password, query_timeout: 15_000 });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await close(client);
  }
}

async function untilEnded(client: ClientBase, mark: CommitMark): Promise<void> {
  const values = [mark.pid, mark.started, mark.transaction];
  const since = performance.now();
  for (let terminated = false; ; await sleep(100)) {
    const { rows } = await client.query(`SELECT ${inProgress} AS running`, values);
    if (!rows[0]?.running) return;
    const waited = performance.now() - since;
    if (waited > 2 * endingMs) throw new Error(`its backend ${mark.pid} does not end`);
    if (!terminated && waited > endingMs) {
      terminated = true;
      await client.query(`SELECT pg_catalog.pg_terminate_backend($1) WHERE ${inProgress}`, values);
    }
  }
}

/**
 * The backend is there and its transaction has not ended. pg_xact_status would not do: after a crash it does not know the
 * transaction, and behind a pooler the backend serves others by now.
 */
const inProgress = `EXISTS (SELECT FROM pg_catalog.pg_stat_get_activity($1::int) WHERE backend_start = $2::timestamptz)
  AND NOT pg_catalog.pg_visible_in_snapshot($3::xid8, pg_catalog.pg_current_snapshot())`;

function unknown(doing: string, cause: unknown): RowhaulError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new RowhaulError(
    "COMMIT_UNKNOWN",
    `While ${doing}: the connection broke at the COMMIT, and nothing says whether the server carried it out (${why}).`,
    { cause },
  );
}
