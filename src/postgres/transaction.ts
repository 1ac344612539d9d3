/**
 * Transactions on the target. Settings are SET LOCAL in each one and nothing is
 * left in the session, so that a transaction pooler may stand in between.
 */
import pg from "pg";
import { type Cancellation, cancelOnAbort } from "./cancellation.ts";
import { isServerError, targetError } from "./errors.ts";
import type { TargetAddress } from "./url.ts";

/** `control`: connections beside it; where there is none, the pool's own serve. */
export type Pool = pg.Pool & { readonly control?: pg.Pool };
export type Client = pg.PoolClient;

/**
 * A pool for as much work side by side as `concurrency` says, and beside it one connection for the lease's heartbeat and
 * for cancellations, which must not wait until the work lets a connection go. Together they have as many connections
 * as the URL allows, but at least one each.
 */
export function openPools(
  address: TargetAddress,
  concurrency: number,
): { readonly work: Pool; readonly control: Pool } {
  const control = openPool(address, 1);
  // One more for what is asked while all of them are busy: the state of a run, the rows that break a constraint.
  const wanted = Math.max(2, concurrency) + 1;
  const work = openPool(address, Math.max(1, Math.min(wanted, (address.connectionLimit ?? Infinity) - 1)));
  return { work: Object.assign(work, { control }), control };
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
  /** The signal is ignored from here on: a cancelled COMMIT may or may not have happened. */
  commit(): Promise<void>;
  /** Rolled back, its locks released, when this returns; does nothing after a commit. */
  rollBack(): Promise<void>;
  /** Leaves the rollback to the server, and returns the error to report. */
  fail(thrown: unknown): Promise<unknown>;
};

export type TransactionOptions = {
  readonly begin?: "BEGIN" | "BEGIN READ ONLY";
  /** Ends it on the server too; see {@link cancelOnAbort}. */
  readonly signal?: AbortSignal;
};

/**
 * A transaction that is ended later. A client whose transaction failed is not reused:
 * after a broken COPY its protocol state is unknown. Errors carry `doing`; after an abort the error is its reason.
 */
export async function openTransaction(
  pool: Pool,
  doing: string,
  { begin = "BEGIN", signal }: TransactionOptions = {},
): Promise<OpenTransaction> {
  signal?.throwIfAborted();
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
  let cancellation: Cancellation | undefined;
  let released = false;
  const release = (reason?: Error | true): void => {
    if (released) return;
    released = true;
    cancellation?.unsubscribe();
    client.off("error", onError);
    if (reason !== undefined) client.on("error", () => {});
    client.release(reason);
  };
  const fail = (thrown: unknown): unknown => {
    release(thrown instanceof Error ? thrown : true);
    if (signal?.aborted === true) return signal.reason;
    // A server that ends a connection sends the reason first; "terminated" would hide it.
    return targetError(isServerError(thrown) ? thrown : (broken ?? thrown), doing);
  };
  try {
    // The query keeps a transaction that only reads from being made another: that is taken before any query alone.
    await client.query(`${begin}; ${localSettings}; SELECT 1`);
    if (signal !== undefined) cancellation = await cancelOnAbort(pool.control ?? pool, client, signal);
    return {
      client,
      async commit() {
        signal?.throwIfAborted();
        cancellation?.unsubscribe();
        await client.query("COMMIT");
        release();
      },
      async rollBack() {
        if (released) return;
        if (broken === undefined) await Promise.race([client.query("ROLLBACK").catch(() => {}), patience()]);
        release(true);
      },
      async fail(thrown) {
        const failure = fail(thrown);
        // A process that exits at once would never send this.
        await cancellation?.delivered();
        return failure;
      },
    };
  } catch (thrown) {
    throw fail(thrown);
  }
}

/** A server that no longer answers rolls back when it notices that the connection is gone. */
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
  options: TransactionOptions = {},
): Promise<T> {
  const transaction = await openTransaction(pool, doing, options);
  try {
    const result = await work(transaction.client);
    await transaction.commit();
    return result;
  } catch (thrown) {
    throw await transaction.fail(thrown);
  }
}
