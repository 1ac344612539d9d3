/**
 * A network that falls silent: no packet comes, and none that says so. TCP itself gives up after a quarter of an hour,
 * or never where something in between answers for the server. So while an answer is awaited and no byte comes, the
 * server is asked now and then over another connection. If it does not answer either, or says that its side of the
 * connection waits for us, the answer will never come, and what waits for it is ended.
 */
import type { ClientBase, ClientConfig } from "pg";
import { silenceMs } from "../core/patience.ts";
import { bytesFrom, Connection, close, destroy, isAwaiting } from "./connection.ts";
import { isServerError } from "./errors.ts";
import { placeOf } from "./transaction-place.ts";

export type Watched = {
  /** Connections at work. */
  clients(): Iterable<ClientBase>;
  /** Asks the server over another connection than these. */
  ask(sql: string, values: readonly unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
  /** Ends everything that is open: nothing is heard of the server any more. */
  silent(why: Error): void;
};

/** Looks in a row: without any answer, and with one that says that the server waits for us. */
const unheard = 6;
const deaf = 3;
const usualMs = silenceMs / unheard;
/** Where nobody knows the connection's backend, as for a single statement behind a pooler: those are short. */
const unknown = 12;

/** What a connection had received when it was last looked at, and how often it has been in vain since. */
type Seen = { readonly bytes: number; looks: number; deaf: number };

/** Returns what ends the watch. Does not keep the process alive. */
export function watchForSilence({ clients, ask, silent }: Watched, everyMs = usualMs): () => void {
  let asking = false;
  let unanswered = 0;
  const seen = new Map<ClientBase, Seen>();
  const look = (): void => {
    const waiting = [...clients()].filter((client) => isAwaiting(client) && hasHeardNothing(seen, client));
    for (const client of seen.keys()) if (!waiting.includes(client)) seen.set(client, fresh(client));
    // Turns of the timer, not a clock: while this process does something else, no answer could be heard.
    unanswered = waiting.length === 0 ? 0 : unanswered + 1;
    if (unanswered > unheard) {
      unanswered = 0;
      silent(gone(`the server has not answered for ${(everyMs * unheard) / 1000} s`));
      return;
    }
    if (asking || waiting.length === 0) return;
    asking = true;
    void ask(whoWaits, questionOf(waiting))
      .then(({ rows }) => {
        unanswered = 0;
        judge(waiting, seen, new Set(rows.map((row) => (row as { pid: number }).pid)));
      })
      .catch((thrown: unknown) => {
        // An error of the server's is an answer, too.
        if (isServerError(thrown)) unanswered = 0;
      })
      .finally(() => {
        asking = false;
      });
  };
  const timer = setInterval(look, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

function fresh(client: ClientBase): Seen {
  return { bytes: bytesFrom(client), looks: 0, deaf: 0 };
}

function hasHeardNothing(seen: Map<ClientBase, Seen>, client: ClientBase): boolean {
  const before = seen.get(client);
  if (before?.bytes === bytesFrom(client)) {
    before.looks++;
    return true;
  }
  seen.set(client, fresh(client));
  return false;
}

/** Of these backends, those that wait for us, or are not there any more. */
const whoWaits = `SELECT w.pid FROM unnest($1::int[], $2::timestamptz[]) AS w (pid, started)
  LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = w.pid AND a.backend_start = w.started
 WHERE a.pid IS NULL OR a.state LIKE 'idle%' OR a.wait_event = 'ClientRead'`;

function questionOf(clients: readonly ClientBase[]): [number[], string[]] {
  const known = clients.flatMap((client) => placeOf(client) ?? []);
  return [known.map(({ pid }) => pid), known.map(({ started }) => started)];
}

function judge(
  waiting: readonly ClientBase[],
  seen: ReadonlyMap<ClientBase, Seen>,
  waitsForUs: ReadonlySet<number>,
): void {
  for (const client of waiting) {
    const state = seen.get(client);
    if (state === undefined || state.bytes !== bytesFrom(client) || !isAwaiting(client)) continue;
    const place = placeOf(client);
    state.deaf = place !== undefined && waitsForUs.has(place.pid) ? state.deaf + 1 : 0;
    if (state.deaf >= deaf || (place === undefined && state.looks >= unknown))
      destroy(client, gone("the server waits for what was sent to it, and its answer will not come"));
  }
}

/** As Node says it of a connection that the other side has reset. */
function gone(why: string): Error {
  return Object.assign(new Error(`Connection terminated: ${why}`), { code: "ECONNRESET" });
}

/** Watches a connection that belongs to no pool. */
export function watchClient(client: ClientBase, config: ClientConfig, everyMs = usualMs): () => void {
  const watched: Watched = {
    clients: () => [client],
    ask: (sql, values) => askAside(config, sql, values),
    silent: (why) => destroy(client, why),
  };
  return watchForSilence(watched, everyMs);
}

/** Over a connection that is made for it. */
export async function askAside(
  config: ClientConfig,
  sql: string,
  values: readonly unknown[],
): Promise<{ readonly rows: readonly unknown[] }> {
  const client = new Connection({ ...config, query_timeout: 10_000 });
  try {
    await client.connect();
    return await client.query(sql, [...values]);
  } finally {
    await close(client);
  }
}
