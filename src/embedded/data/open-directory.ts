/** Folders that the server's account can pass through, and nobody else's. */
import { chmodSync, lstatSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { RowhaulError } from "../../core/messages/errors.ts";
import { type Account, isRoot } from "../programs/account.ts";

/** Creates the folder with its parents. For root, what it creates can be passed through by the server's account. */
export function makeOpenDirectory(directory: string): void {
  const path = resolve(directory);
  const first = mkdirSync(path, { recursive: true, mode: 0o700 });
  if (first === undefined || !isRoot()) return;
  for (let created = path; ; created = dirname(created)) {
    chmodSync(created, 0o711);
    if (created === resolve(first)) return;
  }
}

/** In a place where anybody may write, somebody else could have laid something for us to run. */
export function refuseForeign(path: string): void {
  if (process.platform === "win32") return;
  const { uid, mode } = lstatSync(path);
  if (uid === process.getuid?.() && (mode & 0o022) === 0) return;
  throw new RowhaulError("EMBEDDED_FAILED", `${path} belongs to another user or may be written by others.`, {
    hint: "Remove it, then run again.",
  });
}

/** The uppermost parent that the account may not pass through, going by the permission bits; null when there is none. */
export function closedParent(directory: string, account: Account): string | null {
  const parents = [resolve(directory)];
  for (let path = resolve(directory); path !== dirname(path); path = dirname(path)) parents.unshift(dirname(path));
  return parents.find((path) => !mayEnter(path, account)) ?? null;
}

function mayEnter(path: string, account: Account): boolean {
  const { uid, gid, mode } = statSync(path);
  const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  return (mode & bit) !== 0;
}
