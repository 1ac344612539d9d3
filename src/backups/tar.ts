/** A tar file's own structure: members in blocks of 512 bytes, each behind a header with its size, and a block of zeros at the end. */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

export function isTar(path: string): boolean {
  return !statSync(path).isDirectory() && withFile(path, (read) => read(0).toString("latin1", 257, 262) === "ustar");
}

/** False when it was cut short: some member, or the end, is not there. */
export function tarIsWhole(path: string): boolean {
  return withFile(path, (read, size) => {
    for (let at = 0; at + block <= size; ) {
      const header = read(at);
      if (header.every((byte) => byte === 0)) return true;
      const length = sizeOf(header.subarray(124, 136));
      if (!Number.isSafeInteger(length)) return false;
      at += block + Math.ceil(length / block) * block;
    }
    return false;
  });
}

const block = 512;

/** Octal digits; of members of 8 GB and more, a number in base 256 with the highest bit set. */
function sizeOf(field: Buffer): number {
  const first = field[0] ?? 0;
  if ((first & 0x80) === 0) return Number.parseInt(field.toString("latin1").replace(/[\0 ]+/g, ""), 8);
  return Number(BigInt(`0x${field.toString("hex")}`) & ((1n << 95n) - 1n));
}

function withFile<T>(path: string, work: (read: (at: number) => Buffer, size: number) => T): T {
  const fd = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(block);
    return work((at) => buffer.subarray(0, readSync(fd, buffer, 0, block, at)), fstatSync(fd).size);
  } finally {
    closeSync(fd);
  }
}
