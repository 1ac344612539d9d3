/**
 * Reads the target in one read-only, repeatable-read transaction, so that all
 * it sees belongs to one moment. Settings are local to the transaction because
 * a pooler may hand the next one to another session. Every value comes as
 * PostgreSQL's own text: a driver's type parsers could hide a difference.
 */
import type { ClientBase, Pool, PoolClient } from "pg";
import { connectionTrouble } from "../../core/connection-trouble.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import { beginning, pinSettings } from "../../core/pinned-settings.ts";

export type TargetRow = readonly (string | null)[];

export type Target = {
  query(sql: string, values?: readonly unknown[]): Promise<TargetRow[]>;
  /** Like `query` in pages, for results that may not fit in memory. */
  pages(sql: string, values: readonly unknown[], size: number): AsyncGenerator<TargetRow[]>;
  /** Undefined when the statement fails, after calling `failed` with the error; the transaction goes on. */
  attempt(sql: string, values: readonly unknown[], failed?: (reason: string) => void): Promise<TargetRow[] | undefined>;
};

/** Compiling the long expressions of a digest takes longer than it saves. */
const quick = "SET LOCAL jit = off";

/** `inside`: a connection with an open transaction of its owner's, to be read by one reader at a time. */
export type TargetPlace = {
  readonly pool: Pool;
  readonly live: { readonly inside: { readonly connection: ClientBase } | null } | null;
  readonly signal: AbortSignal;
  readonly cancelOnAbort?: CancelOnAbort;
};

/** Ends on the server what a connection's transaction is doing, once the signal is aborted; a closed connection does not. */
export type CancelOnAbort = (
  client: ClientBase,
  signal: AbortSignal,
) => Promise<{ unsubscribe(): void; delivered(): Promise<void> }>;

export async function withTarget<T>(
  { pool, live, signal, cancelOnAbort }: TargetPlace,
  work: (target: Target) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const inside = live?.inside ?? null;
  return inside === null ? byItself(pool, signal, cancelOnAbort, work) : within(inside.connection, signal, work);
}

async function byItself<T>(
  pool: Pool,
  signal: AbortSignal,
  cancelOnAbort: CancelOnAbort | undefined,
  work: (target: Target) => Promise<T>,
): Promise<T> {
  const client = await begun(pool).catch(explain);
  const aborted = rejectOnAbort(signal);
  let cancellation: Awaited<ReturnType<CancelOnAbort>> | undefined;
  try {
    cancellation = await cancelOnAbort?.(client, signal);
    const result = await Promise.race([work(targetOf(client, signal)), aborted.promise]);
    cancellation?.unsubscribe();
    await client.query("COMMIT");
    client.off("error", ignore);
    client.release();
    return result;
  } catch (cause) {
    // A query may still be under way: only closing the connection ends it. What it still says is not waited for.
    cancellation?.unsubscribe();
    client.release(true);
    await cancellation?.delivered();
    if (signal.aborted) throw signal.reason;
    return explain(cause);
  } finally {
    aborted.unsubscribe();
  }
}

/** A connection that the server closed while it lay idle says so at its first query; then another is taken. */
async function begun(pool: Pool): Promise<PoolClient> {
  for (let stale = 0; ; stale++) {
    const client = await pool.connect();
    // One that breaks between two queries must not end the process; the next query reports it.
    client.on("error", ignore);
    try {
      await client.query(`${beginning("one state")}; ${quick}`);
      return client;
    } catch (cause) {
      client.release(true);
      if (stale >= (pool.options.max ?? 1) || !isConnectionLoss(cause)) throw cause;
    }
  }
}

/** The owner gets the transaction back unchanged: settings, cursors, and the right to write. After a failure the owner ends it. */
async function within<T>(client: ClientBase, signal: AbortSignal, work: (target: Target) => Promise<T>): Promise<T> {
  const aborted = rejectOnAbort(signal);
  try {
    await client.query(`SAVEPOINT rowhaul_proof; SET LOCAL transaction_read_only = on; ${pinSettings}; ${quick}`);
    const result = await Promise.race([work(targetOf(client, signal)), aborted.promise]);
    await client.query("ROLLBACK TO SAVEPOINT rowhaul_proof; RELEASE SAVEPOINT rowhaul_proof");
    return result;
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    return explain(cause);
  } finally {
    aborted.unsubscribe();
  }
}

/** Several readers may be at work in one transaction. */
let cursors = 0;

function targetOf(client: ClientBase, signal: AbortSignal): Target {
  const query = async (sql: string, values: readonly unknown[] = []): Promise<TargetRow[]> => {
    signal.throwIfAborted();
    const result = await client.query<(string | null)[]>({
      text: sql,
      values: [...values],
      rowMode: "array",
      types: { getTypeParser: () => asIs },
    });
    return result.rows;
  };
  return {
    query,
    async *pages(sql, values, size) {
      const cursor = `rowhaul_pages_${++cursors}`;
      await query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${sql}`, values);
      try {
        for (;;) {
          const rows = await query(`FETCH ${size} FROM ${cursor}`);
          if (rows.length > 0) yield rows;
          if (rows.length < size) break;
        }
      } finally {
        // After an error there is nothing to close: the transaction is over, and with it the cursor.
        await query(`CLOSE ${cursor}`).catch(ignore);
      }
    },
    async attempt(sql, values, failed) {
      await query("SAVEPOINT rowhaul_attempt");
      try {
        const rows = await query(sql, values);
        await query("RELEASE SAVEPOINT rowhaul_attempt");
        return rows;
      } catch (cause) {
        if (signal.aborted || isConnectionLoss(cause)) throw cause;
        await query("ROLLBACK TO SAVEPOINT rowhaul_attempt");
        failed?.(cause instanceof Error ? cause.message : String(cause));
        return undefined;
      }
    },
  };
}

function asIs(value: string | Buffer): string {
  return typeof value === "string" ? value : value.toString("utf8");
}

function rejectOnAbort(signal: AbortSignal): { promise: Promise<never>; unsubscribe: () => void } {
  let unsubscribe = (): void => {};
  const promise = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    unsubscribe = () => signal.removeEventListener("abort", abort);
  });
  promise.catch(ignore);
  return { promise, unsubscribe };
}

function ignore(): void {}

function explain(cause: unknown): never {
  if (cause instanceof RowhaulError || !isConnectionLoss(cause)) throw cause;
  throw new RowhaulError("CONNECTION_LOST", "The connection to the target broke while validating.", { cause });
}

function isConnectionLoss(cause: unknown): boolean {
  return connectionTrouble(cause) !== null;
}
