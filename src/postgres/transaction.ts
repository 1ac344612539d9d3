/**
 * Transactions on the target. Their settings are local to each one (core/pinned-settings.ts) and nothing is
 * left in the session, so that a transaction pooler may stand in between.
 */
import pg from "pg";
import { RowhaulError } from "../core/messages/errors.ts";
import { beginning, type TransactionKind } from "../core/pinned-settings.ts";
import type { CommitMark } from "../core/plan/live.ts";
import { noticeLostClients } from "./backends.ts";
import { begin } from "./begin.ts";
import { type Cancellation, cancelling } from "./cancellation.ts";
import { type Witness, wasCommitted } from "./commit.ts";
import { destroy, patience } from "./connection.ts";
import { isServerError, targetError } from "./errors.ts";
import type { Client, Pool } from "./pool.ts";
import { notePlace, ownBackend, place, type TransactionPlace } from "./transaction-place.ts";

export type { Client, Pool } from "./pool.ts";

export type OpenTransaction = {
  readonly client: Client;
  /**
   * Without a witness the signal is ignored from here on: a cancelled COMMIT may or may not have happened. `before` is
   * called with what identifies the transaction.
   */
  commit(before?: (mark: CommitMark) => void): Promise<void>;
  /** Rolled back, its locks released, when this returns; does nothing after a commit. */
  rollBack(): Promise<void>;
  /** Leaves the rollback to the server, and returns the error to report. */
  fail(thrown: unknown): Promise<unknown>;
};

export type TransactionOptions = {
  readonly begin?: TransactionKind;
  /** Ends it on the server too; see {@link cancelling}. */
  readonly signal?: AbortSignal;
  /** Decides what became of the transaction if the COMMIT's answer is lost; see {@link wasCommitted}. */
  readonly witness?: Witness;
};

/**
 * A transaction that is ended later. A client whose transaction failed is not reused:
 * after a broken COPY its protocol state is unknown. Errors carry `doing`; after an abort the error is its reason.
 */
export async function openTransaction(
  pool: Pool,
  doing: string,
  { begin: kind = "read-write", signal, witness }: TransactionOptions = {},
): Promise<OpenTransaction> {
  signal?.throwIfAborted();
  let client: Client;
  let started: Started;
  try {
    [client, started] = await begin(pool, kind, (fresh) => {
      if (signal !== undefined) pool.keep?.(fresh);
      return start(fresh, pool.label ?? null, kind, witness !== undefined, signal);
    });
  } catch (thrown) {
    throw signal?.aborted === true ? signal.reason : targetError(thrown, doing);
  }
  // What ended the connection while no query waited; the next query would only say that it is closed.
  let broken: Error | undefined;
  const onError = (error: Error): void => {
    broken ??= error;
  };
  client.on("error", onError);
  const { mark, begun } = started;
  let cancellation: Cancellation | undefined;
  let released = false;
  const release = (reason?: Error | true): void => {
    if (released) return;
    released = true;
    cancellation?.unsubscribe();
    client.off("error", onError);
    client.release(reason);
  };
  const fail = (thrown: unknown): unknown => {
    release(thrown instanceof Error ? thrown : true);
    if (signal?.aborted === true) return signal.reason;
    // A server that ends a connection sends the reason first; "terminated" would hide it.
    const said = thrown instanceof RowhaulError || isServerError(thrown);
    return targetError(said ? thrown : (broken ?? thrown), doing);
  };
  try {
    if (signal !== undefined) cancellation = cancelling(pool.control ?? pool, client, begun, signal);
    return {
      client,
      async commit(before) {
        signal?.throwIfAborted();
        before?.(mark);
        if (witness === undefined) cancellation?.unsubscribe();
        try {
          const { command } = await client.query("COMMIT");
          if (command !== "COMMIT") throw new Error(`the server answered COMMIT with ${command}`);
        } catch (thrown) {
          if (witness === undefined) throw thrown;
          release(thrown instanceof Error ? thrown : true);
          if (!(await wasCommitted(pool, mark, witness, doing, signal))) throw thrown;
        }
        release();
      },
      async rollBack() {
        if (released) return;
        if (broken === undefined) await Promise.race([client.query("ROLLBACK").catch(() => {}), patience(rollbackMs)]);
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
const rollbackMs = 10_000;
const beginningMs = 1_000;

type Started = { readonly begun: TransactionPlace; readonly mark: CommitMark };

/** `writes`: the transaction gets its number at once. A server that does not even begin is left after an abort. */
async function start(
  client: Client,
  label: string | null,
  kind: TransactionKind,
  writes: boolean,
  signal: AbortSignal | undefined,
): Promise<Started> {
  const leave = (): void => {
    setTimeout(() => destroy(client), beginningMs);
  };
  signal?.addEventListener("abort", leave, { once: true });
  try {
    const number = writes ? "pg_catalog.pg_current_xact_id()::text" : "NULL";
    const statements = [
      beginning(kind),
      ...(label === null ? [] : [`SET LOCAL application_name = ${pg.escapeLiteral(label)}`]),
      noticeLostClients,
      `SELECT ${place}, ${number} AS transaction ${ownBackend}`,
    ];
    const results = (await client.query(statements.join("; "))) as unknown as readonly pg.QueryResult[];
    const row = results.at(-1)?.rows[0] as (TransactionPlace & { readonly transaction: string | null }) | undefined;
    if (row === undefined) throw new Error("A backend that is not there");
    signal?.throwIfAborted();
    const { transaction, ...begun } = row;
    notePlace(client, begun);
    return { begun, mark: { pid: begun.pid, started: begun.started, transaction: transaction ?? "" } };
  } finally {
    signal?.removeEventListener("abort", leave);
  }
}

/** Runs `work` in a transaction; see {@link openTransaction}. */
export async function inTransaction<T>(
  pool: Pool,
  doing: string,
  work: (client: Client) => Promise<T>,
  { before, ...options }: TransactionOptions & { readonly before?: (mark: CommitMark) => void } = {},
): Promise<T> {
  const transaction = await openTransaction(pool, doing, options);
  try {
    const result = await work(transaction.client);
    await transaction.commit(before);
    return result;
  } catch (thrown) {
    throw await transaction.fail(thrown);
  }
}
