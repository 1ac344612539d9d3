/** How a transaction on a pool's connection begins, and single statements in one of their own. */
import pg from "pg";
import { connectionTrouble } from "../core/connection-trouble.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import { beginning, type TransactionKind } from "../core/pinned-settings.ts";

/**
 * A connection with a transaction open. One that the server closed while it lay idle (idle_session_timeout, a pooler)
 * says so only now; nothing has been done on it, so another is taken.
 */
export async function begin<T>(
  pool: pg.Pool,
  kind: TransactionKind,
  start: (client: pg.PoolClient) => Promise<T>,
): Promise<[pg.PoolClient, T]> {
  for (let stale = 0; ; stale++) {
    const client = await pool.connect();
    try {
      return [client, await start(client)];
    } catch (thrown) {
      client.release(thrown instanceof Error ? thrown : true);
      if (stale < (pool.options.max ?? 1) && connectionTrouble(thrown) === "lost") continue;
      throw isStandby(thrown) && kind === "read-write" ? standby(thrown) : thrown;
    }
  }
}

/** The same, where nothing but the transaction is wanted. */
export async function begun(pool: pg.Pool, kind: TransactionKind): Promise<pg.PoolClient> {
  const [client] = await begin(pool, kind, (fresh) => fresh.query(beginning(kind)));
  return client;
}

/** One statement: in the client's transaction, or in one of its own, under the same settings as all others. */
export async function ask<R extends pg.QueryResultRow = pg.QueryResultRow>(
  on: pg.Pool | pg.ClientBase,
  sql: string,
  values: readonly unknown[] = [],
  kind: TransactionKind = "read-only",
): Promise<pg.QueryResult<R>> {
  if (!(on instanceof pg.Pool)) return on.query<R>(sql, [...values]);
  const client = await begun(on, kind);
  try {
    const result = await client.query<R>(sql, [...values]);
    await client.query("COMMIT");
    client.release();
    return result;
  } catch (thrown) {
    client.release(thrown instanceof Error ? thrown : true);
    throw thrown;
  }
}

/** What a server in recovery says to BEGIN READ WRITE. */
function isStandby(thrown: unknown): boolean {
  return (thrown as { code?: unknown }).code === "0A000";
}

function standby(cause: unknown): RowhaulError {
  return new RowhaulError("TARGET_SETTING", "The target server is a standby, on which nothing can be written.", {
    cause,
    hint: "Give the primary's URL.",
  });
}
