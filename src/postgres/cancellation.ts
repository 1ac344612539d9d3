/**
 * Cancelling a statement on the server. Closing the connection is not enough: the server finishes building an index before
 * it notices that the client is gone.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { ClientBase } from "pg";
import { destroy } from "./connection.ts";
import { notePlace, ownBackend, place, type TransactionPlace } from "./transaction-place.ts";

/** Where cancellations are sent: another connection to the same server. */
export type Control = { query(sql: string, values: readonly unknown[]): Promise<unknown> };

export type Cancellation = {
  /** The transaction is over, or is about to be: an abort from now on changes nothing. */
  unsubscribe(): void;
  /** After an abort: resolves when the server has received it, or after a second. */
  delivered(): Promise<void>;
};

/** How long a statement has to hear the cancellation before its connection is closed. */
const patienceMs = 1000;

/**
 * As {@link cancelling}, for the transaction that is open on `client`. Throws the signal's reason if it is aborted already.
 */
export async function cancelOnAbort(control: Control, client: ClientBase, signal: AbortSignal): Promise<Cancellation> {
  const { rows } = await client.query<TransactionPlace>(`SELECT ${place} ${ownBackend}`);
  signal.throwIfAborted();
  const [transaction] = rows;
  if (transaction === undefined) throw new Error("A backend that is not there");
  notePlace(client, transaction);
  return cancelling(control, client, transaction, signal);
}

/**
 * Until it is unsubscribed, an abort ends the transaction that is open on `client`: its statement is cancelled, and if
 * it still runs after a second (a COPY that waits for its client does not react) its connection is closed and its
 * backend terminated. Behind a pooler the backend may serve another client by then, so it is terminated only while it
 * runs this very transaction. A server without track_activities does not show which one that is, and then only the
 * connection is closed.
 */
export function cancelling(
  control: Control,
  client: ClientBase,
  { pid, started, began }: TransactionPlace,
  signal: AbortSignal,
): Cancellation {
  const ours = [pid, started, began];
  let timer: NodeJS.Timeout | undefined;
  let delivered: Promise<unknown> = Promise.resolve();
  const abort = (): void => {
    const cancelled = control.query(ending("pg_cancel_backend"), ours).catch(() => {});
    delivered = Promise.race([cancelled, sleep(patienceMs, undefined, { ref: false })]);
    timer = setTimeout(() => {
      destroy(client);
      delivered = control.query(ending("pg_terminate_backend"), ours).catch(() => {});
    }, patienceMs);
  };
  signal.addEventListener("abort", abort, { once: true });
  return {
    unsubscribe() {
      signal.removeEventListener("abort", abort);
      clearTimeout(timer);
    },
    async delivered() {
      await delivered;
    },
  };
}

/** One statement checks and terminates, so that nothing can change in between. */
function ending(how: "pg_cancel_backend" | "pg_terminate_backend"): string {
  return `SELECT pg_catalog.${how}(pid) FROM pg_catalog.pg_stat_activity
    WHERE pid = $1 AND backend_start = $2::timestamptz AND xact_start = $3::timestamptz`;
}
