/**
 * Starts an embedded PostgreSQL, or adopts the one that already runs in the
 * directory, as after a kill -9 of the process that started it.
 */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { cleanedUpAwaited } from "../../core/messages/clean-up.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import { openDatabase } from "../connection.ts";
import { ensureData } from "../data/data.ts";
import { type Layout, layoutOf } from "../data/layout.ts";
import { readState, type ServerState, urlOf, writeState } from "../data/state.ts";
import { host, isFree } from "../port.ts";
import { serverAccount } from "../programs/account.ts";
import { locateBinaries } from "../programs/binaries.ts";
import { makeDirectory, requireReachable } from "../programs/reach.ts";
import { runnableBin } from "../programs/runnable.ts";
import { launch, untilAdopted } from "./launch.ts";
import { withLock } from "./lock.ts";
import { runningPostmaster } from "./postmaster.ts";
import { removeFiles } from "./remove.ts";
import { stopEmbedded } from "./stop.ts";
import { killAtExit, makeTemporaryDirectory, removeOrphans } from "./temporary.ts";

export type EmbeddedOptions = {
  /** `temporary`: a new server for the life of this process. */
  readonly directory: string | "temporary";
  /** Default: the one chosen at the first start, kept ever after unless somebody else takes it. */
  readonly port?: number;
  /** Server settings over the defaults; without effect on a server that already runs. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Created when absent; default `rowhaul`. */
  readonly database?: string;
  /** Another PostgreSQL's programs. */
  readonly binaries?: { readonly bin: string };
};

export type Embedded = {
  /** Holds the password. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly directory: string;
  /** As `18.4`. */
  readonly version: string;
  readonly pid: number;
  /** Somebody else started it; whoever calls decides whether it goes on running. */
  readonly alreadyRunning: boolean;
  /** Stops the server in either case; may be called again. A temporary one is removed. */
  readonly stop: () => Promise<void>;
};

export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  if (options.directory === "temporary") return startTemporary(options);
  const layout = layoutOf(makeDirectory(options.directory));
  const server = await withLock(layout, () => startOrAdopt(layout, options, true));
  return describe(layout, server, async () => {
    await stopEmbedded(layout.directory);
  });
}

async function startTemporary(options: EmbeddedOptions): Promise<Embedded> {
  await removeOrphans();
  const layout = layoutOf(makeTemporaryDirectory(serverAccount(null)));
  try {
    const server = await withLock(layout, () => startOrAdopt(layout, options, false));
    const cancelKill = killAtExit(layout.directory, server.pid);
    return describe(layout, server, async () => {
      await stopEmbedded(layout.directory);
      cancelKill();
      removeTemporary(layout);
    });
  } catch (error) {
    throw await cleanedUpAwaited(
      error,
      () => stopEmbedded(layout.directory),
      () => removeTemporary(layout),
    );
  }
}

type Server = { state: ServerState; pid: number; version: string; alreadyRunning: boolean };

async function startOrAdopt(layout: Layout, options: EmbeddedOptions, durable: boolean): Promise<Server> {
  const running = await settledPostmaster(layout.data);
  const kept = readState(layout);
  if (running !== null && kept !== null) {
    const state = { ...kept, port: running.port ?? kept.port, database: options.database ?? kept.database };
    const version = await openDatabase(state);
    writeState(layout, state);
    return { state, pid: running.pid, version, alreadyRunning: true };
  }
  const account = serverAccount(layout.data);
  const binaries = options.binaries ? { ...options.binaries, native: null, build: "" } : locateBinaries();
  const bin = await runnableBin(binaries, account);
  await requireReachable(layout.directory, bin, account);
  const initial = await ensureData(layout, {
    bin,
    account,
    durable,
    kept,
    port: options.port,
    database: options.database,
  });
  if (options.port !== undefined && !(await isFree(options.port))) throw portTaken(options.port);
  const settings = { ...defaultSettings, ...(durable ? {} : temporarySettings), ...options.settings };
  const { pid, port } = await launch(layout, { bin, account, port: options.port ?? initial.port, settings });
  const state = { ...initial, port, database: options.database ?? initial.database };
  writeState(layout, state);
  return { state, pid, version: await openDatabase(state), alreadyRunning: false };
}

/** The running server once it is ready; null when there is none, or when it was just stopping. */
async function settledPostmaster(data: string): Promise<{ pid: number; port: number | null } | null> {
  for (let i = 0; i < 1200 && runningPostmaster(data)?.status === "stopping"; i++) await sleep(50);
  if (runningPostmaster(data) === null) return null;
  return (await untilAdopted(data)) ? runningPostmaster(data) : null;
}

function portTaken(port: number): RowhaulError {
  return new RowhaulError("EMBEDDED_FAILED", `Port ${port} is in use by another program.`, {
    hint: "Name another port, or none: a free one is chosen and kept.",
  });
}

function removeTemporary(layout: Layout): void {
  if (existsSync(layout.directory)) removeFiles(layout.directory);
}

function describe(layout: Layout, server: Server, stop: () => Promise<void>): Embedded {
  const { port, user, password, database } = server.state;
  const { pid, version, alreadyRunning } = server;
  const { directory } = layout;
  return {
    url: urlOf(server.state),
    host,
    port,
    user,
    password,
    database,
    directory,
    version,
    pid,
    alreadyRunning,
    stop,
  };
}

const defaultSettings = { max_wal_size: "4GB", jit: "off" };

/** For a server whose data need not survive a crash. */
const temporarySettings = { fsync: "off", full_page_writes: "off", synchronous_commit: "off" };
