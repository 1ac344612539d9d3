/**
 * The write-ahead log beside a database: is it whole? A copy taken without its
 * -wal, or with half of it, opens without complaint and lacks the last commits.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { RowhaulError } from "../../core/messages/errors.ts";
import { type Header, readHeader } from "../../sqlite/open.ts";

const walHeaderBytes = 32;
const frameHeaderBytes = 24;

/** Throws SOURCE_WAL_INCOMPLETE where loss is certain; returns a warning where it is only possible, else null. */
export async function checkWal(path: string): Promise<string | null> {
  const header = readHeader(path);
  if (!header.wal) return null;
  const wal = `${path}-wal`;
  const shm = `${path}-shm`;
  if (!existsSync(wal)) {
    if (existsSync(shm) && statSync(shm).size > 0 && indexedFrames(shm) > 0) {
      throw new RowhaulError("SOURCE_WAL_INCOMPLETE", `${shm} is there, but ${wal} is not: commits are missing.`);
    }
    return `a WAL database without ${wal}: right after a clean close, but if only the main file was copied, the last commits are missing; compare the row counts below`;
  }
  if (await cutShort(wal, header)) {
    throw new RowhaulError(
      "SOURCE_WAL_INCOMPLETE",
      `${wal} is cut short: it ends inside a frame of ${header.pageSize} bytes.`,
    );
  }
  if (existsSync(shm) && indexedFrames(shm) > framesOf(wal, header)) {
    throw new RowhaulError(
      "SOURCE_WAL_INCOMPLETE",
      `${wal} is cut short: its index lists ${indexedFrames(shm)} frames, the file holds ${framesOf(wal, header)}.`,
    );
  }
  return null;
}

function framesOf(wal: string, header: Header): number {
  const size = statSync(wal).size;
  return size < walHeaderBytes ? 0 : Math.floor((size - walHeaderBytes) / (header.pageSize + frameHeaderBytes));
}

/** A live writer passes through odd sizes; a cut file keeps its one. */
async function cutShort(wal: string, header: Header): Promise<boolean> {
  let last = -1;
  for (let attempt = 0; attempt < 4; attempt++) {
    const size = statSync(wal).size;
    const whole =
      size === 0 || (size >= walHeaderBytes && (size - walHeaderBytes) % (header.pageSize + frameHeaderBytes) === 0);
    if (whole) return false;
    if (last !== -1 && size !== last) attempt = 0;
    last = size;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return true;
}

/** mxFrame of the WAL index (https://sqlite.org/walformat.html, section 2.1), 0 where it cannot be told. */
function indexedFrames(shm: string): number {
  const head = readFileSync(shm).subarray(0, 96);
  if (head.length < 96) return 0;
  const native = head.readUInt32LE(0) === 3007000;
  // Both copies of the header must agree, or a writer is at work on them.
  if (!head.subarray(0, 48).equals(head.subarray(48, 96))) return 0;
  return native ? head.readUInt32LE(16) : head.readUInt32BE(16);
}
