/** Pools of connections: what breaks, falls silent or is to be stopped never hangs or crashes whoever uses them. */
import pg from "pg";
import { Connection, destroy, patience } from "./connection.ts";
import { askAside, watchForSilence } from "./silence.ts";
import type { TargetAddress } from "./url.ts";

export type Client = pg.PoolClient;

/**
 * Any pool will do where what it has beside is not needed. `control`: connections beside the pool's own, for what must not
 * wait until one of these is free. `label`: the name that its transactions bear on the server while a session holds the
 * target; see `backends.ts`. `keep`: see {@link ServerPool.keep}.
 */
export type Pool = pg.Pool & { readonly control?: pg.Pool; label?: string | null; keep?(client: Client): void };

export class ServerPool extends pg.Pool {
  readonly control: ServerPool;
  label: string | null = null;
  /** All of them, and those in use with the number of their turn. */
  readonly #open = new Set<Client>();
  readonly #used = new Map<Client, number>();
  readonly #unwatch: () => void;
  #turn = 0;
  #signal: AbortSignal | null = null;

  constructor({ config }: TargetAddress, max: number, control?: ServerPool) {
    super({ ...config, max, idleTimeoutMillis: 10_000, allowExitOnIdle: true, Client: Connection as never });
    this.control = control ?? this;
    // An idle connection that breaks is replaced at the next use; a busy one reports by itself.
    this.on("error", () => {});
    this.on("connect", (client) => this.#open.add(client));
    this.on("remove", (client) => this.#open.delete(client));
    this.on("acquire", (client) => this.#used.set(client, ++this.#turn));
    this.on("release", (_, client) => this.#used.delete(client));
    this.#unwatch = watchForSilence({
      clients: () => this.#used.keys(),
      ask: (sql, values) =>
        this.control === this ? askAside(config, sql, values) : this.control.query(sql, [...values]),
      silent: (why) => {
        for (const pool of new Set([this, this.control])) pool.#destroy([...pool.#open], why);
      },
    });
  }

  /**
   * What is under way when the signal is aborted, and still is a second and a half later, is ended by closing its
   * connection. Whoever has a signal of his own says so by {@link keep}. What begins after the abort, as an undo does,
   * is left alone.
   */
  stopOn(signal: AbortSignal): void {
    this.#signal = signal;
    const stop = (): void => {
      // Whoever was about to get a free connection has it by then.
      setImmediate(() => {
        const before = [...this.#used];
        setTimeout(() => {
          const still = before.filter(([client, turn]) => this.#used.get(client) === turn);
          this.#destroy(still.map(([client]) => client));
        }, stoppingMs);
      });
    };
    signal.addEventListener("abort", stop, { once: true });
  }

  override connect(): Promise<Client>;
  override connect(done: Connected): void;
  override connect(done?: Connected): Promise<Client> | undefined {
    const connecting = orAborted(super.connect(), this.#signal);
    if (done === undefined) return connecting;
    connecting.then(
      (client) => done(undefined, client, (reason) => client.release(reason)),
      (thrown: Error) => done(thrown, undefined, () => {}),
    );
    return undefined;
  }

  /** Until it is released, the client is not ended by {@link stopOn}. */
  keep(client: Client): void {
    this.#used.set(client, ++this.#turn);
  }

  /** Does not wait for a server that does not answer. */
  override async end(): Promise<void> {
    this.#unwatch();
    await Promise.race([super.end(), patience(endingMs)]);
    this.#destroy([...this.#open]);
  }

  #destroy(clients: readonly Client[], why?: Error): void {
    for (const client of clients) destroy(client, why);
  }
}

type Connected = (
  error: Error | undefined,
  client: Client | undefined,
  done: (reason?: Error | boolean) => void,
) => void;

/** A server that is not heard does not keep anybody from leaving; a connection that comes too late goes back. */
function orAborted(connecting: Promise<Client>, signal: AbortSignal | null): Promise<Client> {
  if (signal === null || signal.aborted) return connecting;
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reject(signal.reason as Error);
      connecting.then(
        (client) => client.release(),
        () => {},
      );
    };
    signal.addEventListener("abort", leave, { once: true });
    connecting.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}

const stoppingMs = 1_500;
const endingMs = 2_000;

/**
 * A pool for as much work side by side as `concurrency` says, and beside it one connection for the lease's heartbeat and
 * for cancellations, which must not wait until the work lets a connection go. Together they have as many connections
 * as the URL allows, but at least one each. `signal`: see {@link ServerPool.stopOn}.
 */
export function openPools(
  address: TargetAddress,
  concurrency: number,
  signal?: AbortSignal,
): { readonly work: ServerPool; readonly control: ServerPool } {
  const control = openPool(address, 1);
  // One more for what is asked while all of them are busy: the state of a run, the rows that break a constraint.
  const wanted = Math.max(2, concurrency) + 1;
  const work = new ServerPool(
    address,
    Math.max(1, Math.min(wanted, (address.connectionLimit ?? Infinity) - 1)),
    control,
  );
  if (signal !== undefined) for (const pool of [work, control]) pool.stopOn(signal);
  return { work, control };
}

/** A pool whose idle clients never keep the process alive or crash it. */
export function openPool(address: TargetAddress, max = 6): ServerPool {
  return new ServerPool(address, max);
}
