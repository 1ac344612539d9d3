/**
 * A network that falls silent: no packet comes, and none that says so. TCP itself gives up after a quarter of an hour,
 * or never where something in between answers for the server. So the server is asked now and then while an answer is
 * awaited; it has to say something, be it an error.
 */

import type { ClientBase, ClientConfig } from "pg";
import { bytesFrom, destroy, greet, isBusy } from "./connection.ts";
import { isServerError } from "./errors.ts";

export type Watched = {
  /** Whether anybody waits for the server. */
  isWaiting(): boolean;
  /** Bytes that came from it so far. */
  heard(): number;
  /** A question that any server answers at once, over another connection than those that wait. */
  ask(): Promise<unknown>;
  /** Called once for each silence; ends what waits with the error given. */
  silent(why: Error): void;
};

const usualMs = 5_000;
const times = 6;

/** Returns what ends the watch. Does not keep the process alive. */
export function watchForSilence({ isWaiting, heard, ask, silent }: Watched, everyMs = usualMs): () => void {
  let asking = false;
  let missed = 0;
  let before = 0;
  const look = (): void => {
    const bytes = heard();
    if (!isWaiting() || bytes !== before) {
      before = bytes;
      missed = 0;
      return;
    }
    // Turns of the timer, not a clock: while this process does something else, no answer could be heard.
    missed++;
    if (missed > times) {
      missed = 0;
      silent(silence((everyMs * times) / 1000));
      return;
    }
    if (asking) return;
    asking = true;
    const answered = (): void => {
      missed = 0;
    };
    void ask()
      // An error of the server's is an answer, too.
      .then(answered, (thrown: unknown) => (isServerError(thrown) ? answered() : undefined))
      .finally(() => {
        asking = false;
      });
  };
  const timer = setInterval(look, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

function silence(seconds: number): Error {
  const message = `Connection terminated: the server has not answered for ${seconds} s`;
  return Object.assign(new Error(message), { code: "ECONNRESET" });
}

/** Watches a connection that belongs to no pool. */
export function watchClient(client: ClientBase, config: ClientConfig, everyMs = usualMs): () => void {
  const watched: Watched = {
    isWaiting: () => isBusy(client),
    heard: () => bytesFrom([client]),
    ask: () => greet(config),
    silent: (why) => destroy(client, why),
  };
  return watchForSilence(watched, everyMs);
}
