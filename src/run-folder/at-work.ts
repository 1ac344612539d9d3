/**
 * Records which process is at work on a pipeline's runs. The lease in the target
 * begins only with the load; before it, a second run would take the folder of the
 * first for one that a crash left, and remove it.
 */
import { lstatSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import { alone } from "../sqlite/alone.ts";
import { onDisk } from "../system/disk-error.ts";
import { writeDurably } from "../system/durable-file.ts";
import { fateOf, type ProcessIdentity, thisProcess } from "../system/process.ts";
import { readFormat } from "./formats/format.ts";
import { holderFormat, holderText } from "./formats/holder.ts";
import { refuseForeign } from "./own-folder.ts";

export type Claim = { release(): void };

/** How long a process from elsewhere, of which nothing can be known, holds the folder after its last sign of life. */
const holdMs = 120_000;
const heartbeatMs = 10_000;

/**
 * Throws RUN_IN_PROGRESS while another process, or another call in this one, holds the folder; RUN_FILE_DAMAGED where
 * nothing says who does, unless `overDamaged`: then once nobody has given a sign of life for as long as a hold lasts.
 */
export function claimFolder(folder: string, { overDamaged = false } = {}): Claim {
  const path = join(folder, "at-work.json");
  const own = holderText({ ...thisProcess(), claim: ++claims });
  refuseForeign(folder);
  onDisk(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  // Reading who holds it and writing that we do are one step: of two that find a dead holder only one takes its place.
  inTurn(folder, () => {
    refuseHolder(folder, path, overDamaged);
    onDisk(path, () => {
      if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) rmSync(path, { recursive: true });
      writeDurably(path, own);
    });
  });
  const timer = setInterval(() => giveSign(path), heartbeatMs);
  timer.unref();
  return {
    release() {
      clearInterval(timer);
      releaseIf(folder, path, own);
    },
  };
}

/** Two claims of this process are two. */
let claims = 0;

function inTurn(folder: string, work: () => void): void {
  try {
    alone(join(folder, "at-work.lock"), work);
  } catch (thrown) {
    if (!String((thrown as { code?: unknown } | null)?.code).startsWith("SQLITE_")) throw thrown;
    throw new RowhaulError("LOCAL_DISK", `${folder} cannot be locked: ${messageOf(thrown)}.`, { cause: thrown });
  }
}

/** Throws RUN_IN_PROGRESS, RUN_FILE_DAMAGED, STATE_NEWER, LOCAL_DISK. */
function refuseHolder(folder: string, path: string, overDamaged: boolean): void {
  let holder: ProcessIdentity | null;
  try {
    holder = readFormat(path, holderFormat);
  } catch (thrown) {
    if (!(thrown instanceof RowhaulError) || thrown.code !== "RUN_FILE_DAMAGED") throw thrown;
    // Earlier versions wrote it where it stands, and a crash could leave it half written.
    const mayGo = overDamaged || thrown.cause instanceof SyntaxError;
    if (!mayGo) throw thrown;
    // Whoever is at work gives signs on the file, whatever has become of what it says.
    if (isFresh(path)) throw perhapsInProgress(path, thrown);
    return;
  }
  if (holder !== null && holds(path, holder)) throw inProgress(folder, holder);
}

function holds(path: string, holder: ProcessIdentity): boolean {
  const fate = fateOf(holder);
  return fate === "unknown" ? isFresh(path) : fate === "alive";
}

function isFresh(path: string): boolean {
  return Date.now() - statSync(path).mtimeMs < holdMs;
}

function giveSign(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // `clean` has removed it with the folder.
  }
}

function inProgress(folder: string, { pid, host }: ProcessIdentity): RowhaulError {
  return new RowhaulError("RUN_IN_PROGRESS", `Another process (${host}:${pid}) is at work on the runs in ${folder}.`, {
    hint: `Wait for it, or stop it. If there is no such process, remove ${join(folder, "at-work.json")}.`,
  });
}

function perhapsInProgress(path: string, { message }: RowhaulError): RowhaulError {
  return new RowhaulError(
    "RUN_IN_PROGRESS",
    `${message} It was written to within the last two minutes, so that another process may be at work on these runs.`,
    { hint: `${holderFormat.remedy(path)} Or wait two minutes, then run the same command again.` },
  );
}

/** Never throws: what was done in the folder counts more, and a claim of a process that has ended holds nobody up. */
function releaseIf(folder: string, path: string, own: string): void {
  try {
    if (readFileSync(path, "utf8") !== own) return;
    alone(join(folder, "at-work.lock"), () => {
      if (readFileSync(path, "utf8") === own) rmSync(path, { force: true });
    });
  } catch {
    // `clean` has removed it with the folder.
  }
}
