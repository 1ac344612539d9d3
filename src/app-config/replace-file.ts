/**
 * Whole files written so that a crash leaves the old one or the new one, never
 * a part: a temporary file in the same folder, fsync, rename, fsync of the folder.
 */
import {
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

export type Ownership = { readonly mode: number; readonly uid: number; readonly gid: number };

/** Puts `bytes` in place of `file`. An owner that cannot be kept is an error: the application might lose access. */
export function replaceFile(file: string, temporary: string, bytes: Uint8Array, owner: Ownership): void {
  try {
    writeNew(temporary, bytes, owner, true);
    renameSync(temporary, file);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw cause;
  }
  syncFolder(file);
}

/** Writes a file that must not exist yet, for its owner's eyes only; EEXIST if it does. */
export function createFile(file: string, temporary: string, bytes: Uint8Array, owner: Ownership): void {
  try {
    writeNew(temporary, bytes, { ...owner, mode: 0o600 }, false);
    moveToFree(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(file);
}

/** Makes a removal or rename in the file's folder durable. */
export function syncFolder(file: string): void {
  // Windows cannot open folders, and needs no fsync of them.
  if (process.platform === "win32") return;
  const folder = openSync(dirname(file), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

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

function writeNew(file: string, bytes: Uint8Array, owner: Ownership, strict: boolean): void {
  // Left by a crash; removed rather than reused, so that no other process holds it open.
  rmSync(file, { force: true });
  const handle = openSync(file, "wx", 0o600);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
    keepOwner(handle, owner, strict);
    fchmodSync(handle, owner.mode);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function keepOwner(handle: number, owner: Ownership, strict: boolean): void {
  try {
    fchownSync(handle, owner.uid, owner.gid);
  } catch (cause) {
    if (strict && process.platform !== "win32") throw cause;
  }
}
