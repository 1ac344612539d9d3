/**
 * Temporary servers live as long as the process that asked for them. One that
 * was killed cannot clean up; the next start does it then.
 */
import { chmodSync, existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RowhaulError } from "../../core/messages/errors.ts";
import { fateOf, type ProcessIdentity, thisProcess } from "../../system/process.ts";
import { layoutOf } from "../data/layout.ts";
import { closedParent } from "../data/open-directory.ts";
import { temporaryPlaces } from "../data/places.ts";
import type { Account } from "../programs/account.ts";
import { isServerOf, runningPostmaster } from "./postmaster.ts";
import { removeFiles } from "./remove.ts";
import { stopProcess } from "./stop-process.ts";

/** A new directory that the account can reach. */
export function makeTemporaryDirectory(account: Account | null): string {
  const places = temporaryPlaces().filter((place) => existsSync(place));
  const place = places.find((p) => account === null || closedParent(p, account) === null);
  if (place === undefined) {
    throw new RowhaulError("EMBEDDED_FAILED", `The user ${account?.name} can enter none of ${places.join(", ")}.`, {
      hint: "Set TMPDIR to a folder that every user can enter.",
    });
  }
  const directory = mkdtempSync(join(place, prefix));
  if (account !== null) chmodSync(directory, 0o711);
  writeFileSync(layoutOf(directory).owner, JSON.stringify(thisProcess()), { mode: 0o600 });
  return directory;
}

/** Stops and removes what killed processes of this user have left. */
export async function removeOrphans(): Promise<void> {
  for (const place of temporaryPlaces()) {
    for (const name of existsSync(place) ? readdirSync(place) : []) {
      const directory = join(place, name);
      if (!name.startsWith(prefix) || !isOrphan(directory)) continue;
      const { data } = layoutOf(directory);
      const postmaster = runningPostmaster(data);
      if (postmaster !== null) await stopProcess(postmaster.pid, data);
      removeQuietly(directory);
    }
  }
}

/** For a process that ends without stopping its temporary server: nothing can be awaited any more, so no courtesies. */
export function killAtExit(directory: string, pid: number): () => void {
  const { data } = layoutOf(directory);
  const kill = () => {
    if (isServerOf(pid, data)) process.kill(pid, "SIGQUIT");
    for (let i = 0; i < 100 && isServerOf(pid, data); i++) pause(20);
    removeQuietly(directory);
  };
  process.once("exit", kill);
  return () => process.removeListener("exit", kill);
}

function isOrphan(directory: string): boolean {
  try {
    const entry = lstatSync(directory);
    if (!entry.isDirectory() || (process.getuid && entry.uid !== process.getuid())) return false;
    const { owner } = layoutOf(directory);
    if (existsSync(owner)) {
      const fate = fateOf(JSON.parse(readFileSync(owner, "utf8")) as ProcessIdentity);
      // Of another container, or of the time before the machine was started again.
      return fate === "dead" || (fate === "unknown" && Date.now() - entry.mtimeMs > 7 * 24 * 3_600_000);
    }
    // being made this moment, or never finished
    return Date.now() - entry.mtimeMs > 3_600_000;
  } catch {
    return false;
  }
}

/** Another process may be removing the same. */
function removeQuietly(directory: string): void {
  try {
    removeFiles(directory);
  } catch {
    // the next start tries again
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

const prefix = "rowhaul-postgres-";
