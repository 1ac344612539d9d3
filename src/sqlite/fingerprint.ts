/**
 * The fingerprint: has anything been committed to the file since? Taken from the
 * header and the WAL, because a WAL commit touches no mtime; and from mtime, because
 * a commit that was checkpointed, its log gone, need not touch the header.
 */
import { createHash } from "node:crypto";
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { readHeader, withFile } from "./open.ts";

const walHeaderBytes = 32;
const frameHeaderBytes = 24;

export function fingerprint(path: string): string {
  const { pageSize } = readHeader(path);
  const hash = createHash("sha256");
  withFile(path, (main) => {
    const head = Buffer.alloc(100);
    readSync(main, head, 0, 100, 0);
    const { size, mtimeNs } = fstatSync(main, { bigint: true });
    hash.update(head).update(`${size} ${mtimeNs}`);
  });
  hash.update(walState(`${path}-wal`, pageSize));
  return hash.digest("hex");
}

/**
 * Salts of the WAL header and the headers of all frames written under them. Not the last frame alone: one
 * that a rolled-back transaction left behind stays the last while commits overwrite those before it.
 */
function walState(wal: string, pageSize: number): string {
  if (!existsSync(wal)) return "none";
  const fd = openSync(wal, "r");
  try {
    const size = fstatSync(fd).size;
    const header = Buffer.alloc(walHeaderBytes);
    if (readSync(fd, header, 0, walHeaderBytes, 0) < walHeaderBytes) return "none";
    const salts = header.subarray(16, 24);
    const hash = createHash("sha256").update(salts);
    const frameBytes = frameHeaderBytes + pageSize;
    const frame = Buffer.alloc(frameHeaderBytes);
    let frames = 0;
    for (let at = walHeaderBytes; at + frameBytes <= size; at += frameBytes, frames++) {
      readSync(fd, frame, 0, frameHeaderBytes, at);
      // After a checkpoint the log is written again from the start, so frames of older salts may follow.
      if (!frame.subarray(8, 16).equals(salts)) break;
      hash.update(frame);
    }
    return frames === 0 ? "none" : hash.digest("hex");
  } finally {
    closeSync(fd);
  }
}
