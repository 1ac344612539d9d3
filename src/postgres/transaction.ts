/**
 * Transactions on the target. Settings are SET LOCAL in each one and nothing is
 * left in the session, so that a transaction pooler may stand in between.
 */
import pg from "pg";
import { isServerError, targetError } from "./errors.ts";
import type { TargetAddress } from "./url.ts";

export type Pool = pg.Pool;
export type Client = pg.PoolClient;

/**
 * A pool for work and one for the lease's heartbeat, which must not wait until the work lets a connection go. Together
 * they have as many connections as the URL allows, but at least one each.
 */
export function openPools(address: TargetAddress): { readonly work: Pool; readonly beat: Pool } {
  const limit = address.connectionLimit ?? 7;
  return { work: openPool(address, Math.max(1, Math.min(6, limit - 1))), beat: openPool(address, 1) };
}

/** A pool whose idle clients never keep the process alive or crash it. */
export function openPool(address: TargetAddress, max = 6): Pool {
  const pool = new pg.Pool({ ...address.config, max, idleTimeoutMillis: 10_000, allowExitOnIdle: true });
  // An idle connection that breaks is replaced at the next use; a busy one reports by itself.
  pool.on("error", () => {});
  return pool;
}

const settings = [
  "statement_timeout = 0",
  "lock_timeout = '30s'",
  "idle_in_transaction_session_timeout = 0",
  "TimeZone = 'UTC'",
  "DateStyle = 'ISO, YMD'",
  // A conversion by way of the text would round to 15 digits where a role or database says less.
  "extra_float_digits = 1",
  "IntervalStyle = 'postgres'",
  "bytea_output = 'hex'",
  "lc_monetary = 'C'",
  "search_path = ''",
  "standard_conforming_strings = on",
  "client_min_messages = warning",
];
export const localSettings = settings.map((setting) => `SET LOCAL ${setting}`).join("; ");

export type OpenTransaction = {
  readonly client: Client;
  /** The server's process, by which a statement under way can be ended. */
  readonly backend: number;
  commit(): Promise<void>;
  /** Undone, with its locks gone, when this returns; nothing happens after a commit. */
  rollBack(): Promise<void>;
  /** Leaves it to the server to undo, and returns what the failure is to be called. */
  fail(thrown: unknown): unknown;
};

/**
 * A transaction that is ended later. A client whose transaction failed is not reused:
 * after a broken COPY its protocol state is unknown. Errors carry `doing`.
 */
export async function openTransaction(pool: Pool, doing: string, begin = "BEGIN"): Promise<OpenTransaction> {
  let client: Client;
  try {
    client = await pool.connect();
  } catch (thrown) {
    throw targetError(thrown, doing);
  }
  // A connection that breaks while no query waits would otherwise be an uncaught 'error' event.
  let broken: Error | undefined;
  const onError = (error: Error): void => {
    broken ??= error;
  };
  client.on("error", onError);
  let released = false;
  const release = (reason?: Error | true): void => {
    if (released) return;
    released = true;
    client.off("error", onError);
    if (reason !== undefined) client.on("error", () => {});
    client.release(reason);
  };
  const fail = (thrown: unknown): unknown => {
    release(thrown instanceof Error ? thrown : true);
    // A server that ends a connection says why, and only then is it gone; "terminated" would hide its words.
    return targetError(isServerError(thrown) ? thrown : (broken ?? thrown), doing);
  };
  try {
    const started = await client.query(`${begin}; ${localSettings}; SELECT pg_backend_pid() AS pid`);
    const answers = started as unknown as readonly { readonly rows: readonly { readonly pid: number }[] }[];
    return {
      client,
      backend: answers.at(-1)?.rows[0]?.pid ?? 0,
      async commit() {
        await client.query("COMMIT");
        release();
      },
      async rollBack() {
        if (released) return;
        if (broken === undefined) await Promise.race([client.query("ROLLBACK").catch(() => {}), patience()]);
        release(true);
      },
      fail,
    };
  } catch (thrown) {
    throw fail(thrown);
  }
}

/** A server that no longer answers undoes it when it finds the connection gone. */
function patience(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 10_000).unref();
  });
}

/** Runs `work` in a transaction; see {@link openTransaction}. */
export async function inTransaction<T>(
  pool: Pool,
  doing: string,
  work: (client: Client) => Promise<T>,
  begin = "BEGIN",
): Promise<T> {
  const transaction = await openTransaction(pool, doing, begin);
  try {
    const result = await work(transaction.client);
    await transaction.commit();
    return result;
  } catch (thrown) {
    throw transaction.fail(thrown);
  }
}
