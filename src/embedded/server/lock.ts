/**
 * One process at a time starts or stops the server of a directory. A file
 * created exclusively, with its owner's identity in it, so that the lock of a
 * process that was killed can be told and taken over.
 */

import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cleaningUp } from "../../core/messages/clean-up.ts";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { fateOf, type ProcessIdentity, thisProcess } from "../../system/process.ts";
import { type Layout, unfinished } from "../data/layout.ts";

export async function withLock<T>(layout: Layout, work: () => Promise<T>): Promise<T> {
  const draft = join(layout.directory, `${unfinished.lock}${randomBytes(6).toString("hex")}`);
  writeDraft(layout, draft);
  await cleaningUp(
    async () => {
      await acquire(layout, draft);
    },
    () => rmSync(draft, { force: true }),
  );
  return cleaningUp(
    async () => {
      return await work();
    },
    () => rmSync(layout.lock, { force: true }),
  );
}

function writeDraft(layout: Layout, draft: string): void {
  try {
    writeFileSync(draft, JSON.stringify(thisProcess()), { mode: 0o600 });
  } catch (error) {
    throw new RowhaulError("EMBEDDED_FAILED", `${layout.directory} cannot be written to.`, {
      details: [messageOf(error)],
      hint: "Run rowhaul as the user who owns the embedded server.",
      cause: error,
    });
  }
}

async function acquire(layout: Layout, draft: string): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    if (tryLink(draft, layout.lock)) return;
    const held = readOwner(layout.lock);
    if (held !== null && isStale(held)) removeStale(layout.lock, held.text);
    else if (Date.now() > deadline) throw stillHeld(layout, held?.owner.pid);
    else await sleep(50);
  }
}

/** A link, unlike a plain exclusive file, shows up with its content in it. */
function tryLink(draft: string, lock: string): boolean {
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Moved away before it is judged again: between two looks, somebody else may have replaced it by a lock of theirs. */
function removeStale(lock: string, text: string): void {
  const aside = `${lock}.new-${randomBytes(6).toString("hex")}`;
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  if (readFileSync(aside, "utf8") !== text) tryLink(aside, lock);
  rmSync(aside, { force: true });
}

type Held = { readonly text: string; readonly owner: ProcessIdentity; readonly since: number };

/** Nobody starts or stops a server for so long; one from elsewhere may have been killed with its container. */
function isStale({ owner, since }: Held): boolean {
  const fate = fateOf(owner);
  return fate === "dead" || (fate === "unknown" && Date.now() - since > 10 * 60_000);
}

function readOwner(lock: string): Held | null {
  try {
    const text = readFileSync(lock, "utf8");
    return { text, owner: JSON.parse(text) as ProcessIdentity, since: statSync(lock).mtimeMs };
  } catch {
    return null;
  }
}

function stillHeld(layout: Layout, pid: number | undefined): RowhaulError {
  const who = pid === undefined ? "another process" : `process ${pid}`;
  return new RowhaulError("EMBEDDED_FAILED", `The embedded server is being started or stopped by ${who}.`, {
    details: [layout.lock],
    hint: "Wait for it to end, then run again; if there is no such process, remove the file.",
  });
}

const patience = 90_000;
