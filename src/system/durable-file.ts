/**
 * Files that survive a crash: the old one stands at the path or the new one, never a part of it. Written under a
 * temporary name in the same folder, fsync, rename, fsync of the folder. Throws what the file system throws.
 */

import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { cleanedUp, cleaningUpNow } from "../core/messages/clean-up.ts";

export type Ownership = { readonly mode: number; readonly uid: number; readonly gid: number };

/** Of a file or its folder that was written to by other means. */
export function syncFile(path: string): void {
  // Windows flushes only what is open for writing.
  const fd = openSync(path, isWindows ? "r+" : "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes what came into the folder, left it or changed its name durable. */
export function syncFolder(folder: string): void {
  // Windows cannot open folders, and needs no fsync of them.
  if (!isWindows) syncFile(folder);
}

/** What stood at `to` goes. `from` may be a folder; its content must be durable already. */
export function renameDurably(from: string, to: string): void {
  renameSync(from, to);
  syncFolder(dirname(to));
}

/** A file written whole under a temporary name, by SQLite for instance, takes its own. */
export function putInPlace(temporary: string, path: string): void {
  syncFile(temporary);
  renameDurably(temporary, path);
}

/** 0600. `temporary`: of the same folder. */
export function writeDurably(path: string, content: string | Uint8Array, temporary = `${path}.part`): void {
  try {
    writeNew(temporary, content, () => {});
    renameDurably(temporary, path);
  } catch (cause) {
    throw cleanedUp(cause, () => rmSync(temporary, { force: true }));
  }
}

/** Made with 0600 when it is not there. What stands behind a link is not written to. */
export function appendDurably(path: string, text: string): void {
  const isNew = !existsSync(path);
  const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW = 0 } = constants;
  const fd = openSync(path, O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW, 0o600);
  try {
    writeAll(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  if (isNew) syncFolder(dirname(path));
}

/** Takes away what stands behind the first bytes; not behind a link, either. */
export function cutShort(path: string, bytes: number): void {
  const fd = openSync(path, constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    ftruncateSync(fd, bytes);
  } finally {
    closeSync(fd);
  }
}

/** Puts `bytes` in place of `file`. An owner that cannot be kept is an error: the application might lose access. */
export function replaceFile(file: string, temporary: string, bytes: Uint8Array, owner: Ownership): void {
  try {
    writeNew(temporary, bytes, (handle) => own(handle, owner, owner.mode, !isWindows));
    renameDurably(temporary, file);
  } catch (cause) {
    throw cleanedUp(cause, () => rmSync(temporary, { force: true }));
  }
}

/** Writes a file that must not exist yet, for its owner's eyes only; EEXIST if it does. */
export function createFile(file: string, temporary: string, bytes: Uint8Array, owner: Ownership): void {
  cleaningUpNow(
    () => {
      writeNew(temporary, bytes, (handle) => own(handle, owner, 0o600, false));
      moveToFree(temporary, file);
    },
    () => rmSync(temporary, { force: true }),
  );
  syncFolder(dirname(file));
}

const isWindows = process.platform === "win32";

/** Unlike rename, link never overwrites; where the file system has no links, a look before must do. */
function moveToFree(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "EEXIST" || existsSync(to)) throw cause;
    renameSync(from, to);
  }
}

function writeNew(file: string, content: string | Uint8Array, prepare: (handle: number) => void): void {
  // Left by a crash; removed rather than reused, so that no other process holds it open.
  rmSync(file, { force: true });
  const handle = openSync(file, "wx", 0o600);
  try {
    writeAll(handle, content);
    prepare(handle);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** One call may write less than it was given. */
function writeAll(handle: number, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
}

function own(handle: number, owner: Ownership, mode: number, strict: boolean): void {
  try {
    fchownSync(handle, owner.uid, owner.gid);
  } catch (cause) {
    if (strict) throw cause;
  }
  fchmodSync(handle, mode);
}
