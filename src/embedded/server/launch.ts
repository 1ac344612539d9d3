/** Starts the server process and waits until it takes connections. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RowhaulError } from "../../core/messages/errors.ts";
import { isAlive } from "../../system/process.ts";
import type { Layout } from "../data/layout.ts";
import { freePort, host, isFree } from "../port.ts";
import type { Account } from "../programs/account.ts";
import { program } from "../programs/binaries.ts";
import { identity, serverEnvironment } from "../programs/command.ts";
import { readPostmasterFile, runningPostmaster } from "./postmaster.ts";
import { stopProcess } from "./stop-process.ts";

export type LaunchOptions = {
  readonly bin: string;
  readonly account: Account | null;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
};

export type Launched = { readonly pid: number; readonly port: number };

/** A port that somebody else has taken is given up for a free one. */
export async function launch(layout: Layout, options: LaunchOptions): Promise<Launched> {
  let port = (await isFree(options.port)) ? options.port : await freePort();
  for (let attempt = 1; ; attempt++) {
    disownStalePid(layout.data);
    const logStart = prepareLog(layout.log);
    const child = spawnServer(layout, options, port);
    const failure = await untilReady(layout, child);
    if (failure === null && child.pid !== undefined) return { pid: child.pid, port };
    const log = readFileSync(layout.log, "utf8").slice(logStart);
    if (attempt === 5 || !log.includes("Address already in use")) throw failed(failure ?? "", layout, log);
    port = await freePort();
  }
}

/** Its own session and no pipes: Ctrl-C at the terminal does not reach it, and it outlives this process. */
function spawnServer(layout: Layout, { bin, account, settings }: LaunchOptions, port: number): ChildProcess {
  const args = ["-D", layout.data, "-p", String(port), "-c", `listen_addresses=${host}`];
  // no socket file: its path could be too long, and the port is enough
  if (process.platform !== "win32") args.push("-c", "unix_socket_directories=");
  for (const [name, value] of Object.entries(settings)) args.push("-c", `${name}=${value}`);
  const log = openSync(layout.log, "a", 0o600);
  try {
    const child = spawn(program(bin, "postgres"), args, {
      cwd: layout.directory,
      env: serverEnvironment(),
      detached: true,
      windowsHide: true,
      stdio: ["ignore", log, log],
      ...identity(account),
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** Null when it is ready, else what happened instead. */
async function untilReady(layout: Layout, child: ChildProcess): Promise<string | null> {
  let failure: string | null = null;
  child.once("error", (error) => {
    failure = `PostgreSQL could not be run: ${error.message}`;
  });
  child.once("exit", (code, signal) => {
    failure ??= `PostgreSQL ended while starting (${signal ?? `status ${code}`}).`;
  });
  const deadline = Date.now() + startLimit;
  while (Date.now() < deadline) {
    await sleep(20);
    if (failure !== null) return failure;
    const file = readPostmasterFile(layout.data);
    if (file?.pid === child.pid && file?.status === "ready") return null;
  }
  if (child.pid !== undefined) await stopProcess(child.pid, layout.data);
  return `PostgreSQL did not get ready within ${startLimit / 1000} seconds.`;
}

/** Waits for a server that somebody else has started; false when it ended instead. */
export async function untilAdopted(data: string): Promise<boolean> {
  const deadline = Date.now() + startLimit;
  while (Date.now() < deadline) {
    const postmaster = runningPostmaster(data);
    if (postmaster === null) return false;
    if (postmaster.status === "ready") return true;
    await sleep(50);
  }
  throw new RowhaulError("EMBEDDED_FAILED", "The embedded server runs, but does not get ready.", { details: [data] });
}

/**
 * PostgreSQL refuses to start while the pid in its file belongs to any process of its account. After a crash that may be
 * a stranger. It takes its own parent's pid for stale, so that is put in; removing the file would also
 * remove its check that no server process of before is left on the shared memory.
 */
function disownStalePid(data: string): void {
  const file = join(data, "postmaster.pid");
  const stale = readPostmasterFile(data);
  if (stale === null || !isAlive(stale.pid) || runningPostmaster(data) !== null) return;
  const [, ...rest] = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, [process.pid, ...rest].join("\n"));
}

/** Where the new start's lines will begin. */
function prepareLog(log: string): number {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= largestLog) return size;
  truncateSync(log);
  return 0;
}

function failed(failure: string, layout: Layout, log: string): RowhaulError {
  return new RowhaulError("EMBEDDED_FAILED", failure, {
    details: [...log.trim().split("\n").slice(-10), `The log is ${layout.log}`],
  });
}

const startLimit = 60_000;
const largestLog = 10 << 20;
