/**
 * The fingerprint: has anything been committed to the file since? Taken from the
 * header and the WAL, not from mtime, which a WAL commit does not touch.
 */
import { createHash } from "node:crypto";
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { readHeader } from "./open.ts";

export function fingerprint(path: string): string {
  const { pageSize } = readHeader(path);
  const hash = createHash("sha256");
  const main = openSync(path, "r");
  try {
    const head = Buffer.alloc(100);
    readSync(main, head, 0, 100, 0);
    hash.update(head.subarray(0, 100)).update(`${fstatSync(main).size}`);
  } finally {
    closeSync(main);
  }
  hash.update(walState(`${path}-wal`, pageSize));
  return hash.digest("hex");
}

/** Salts of the WAL header and the last frame written under them: both change with every commit. */
function walState(wal: string, pageSize: number): string {
  if (!existsSync(wal)) return "none";
  const fd = openSync(wal, "r");
  try {
    const size = fstatSync(fd).size;
    const header = Buffer.alloc(32);
    if (readSync(fd, header, 0, 32, 0) < 32) return "none";
    const salts = header.subarray(16, 24);
    const frameBytes = pageSize + 24;
    const frames = Math.floor((size - 32) / frameBytes);
    const last = lastFrame(fd, frames, frameBytes, salts);
    return last === null ? "none" : `${salts.toString("hex")}:${last.index}:${last.checksum}`;
  } finally {
    closeSync(fd);
  }
}

/** After a checkpoint the log is written again from the start, so frames of older salts may follow: bisect for the last current one. */
function lastFrame(
  fd: number,
  frames: number,
  frameBytes: number,
  salts: Buffer,
): { index: number; checksum: string } | null {
  const frame = Buffer.alloc(24);
  const current = (index: number): boolean => {
    readSync(fd, frame, 0, 24, 32 + index * frameBytes);
    return frame.subarray(8, 16).equals(salts);
  };
  let low = 0;
  let high = frames;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (current(middle)) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return null;
  current(low - 1);
  return { index: low - 1, checksum: frame.subarray(16, 24).toString("hex") };
}
