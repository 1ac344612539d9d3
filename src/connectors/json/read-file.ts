/** The bytes of a JSON file, unpacked, chunk by chunk, with the digest of what lies on disk. */
import { createHash } from "node:crypto";
import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { messageOf, RowhaulError } from "../../core/errors.ts";

const chunkBytes = 1 << 20;

/** Throws SOURCE_* and what `take` throws. Returns the file's SHA-256. */
export async function readFile(
  path: string,
  take: (chunk: Buffer) => void,
  progress: (done: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash("sha256");
  let done = 0;
  const watch = new Transform({
    highWaterMark: chunkBytes,
    transform(chunk: Buffer, _encoding, next) {
      hash.update(chunk);
      done += chunk.length;
      progress(done);
      next(null, chunk);
    },
  });
  const consume = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) take(chunk);
  };
  try {
    const file = createReadStream(path, { highWaterMark: chunkBytes });
    if (isGzip(path)) await pipeline(file, watch, createGunzip({ chunkSize: 1 << 18 }), consume, { signal });
    else await pipeline(file, watch, consume, { signal });
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    throw readError(path, thrown);
  }
  return hash.digest("hex");
}

export function isGzip(path: string): boolean {
  const head = firstBytes(path, 2);
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** At most `count`. Throws SOURCE_NOT_FOUND, SOURCE_UNREADABLE. */
export function firstBytes(path: string, count: number): Buffer {
  try {
    const fd = openSync(path, "r");
    try {
      const bytes = Buffer.alloc(count);
      return bytes.subarray(0, readSync(fd, bytes, 0, count, 0));
    } finally {
      closeSync(fd);
    }
  } catch (thrown) {
    throw readError(path, thrown);
  }
}

export function readError(path: string, thrown: unknown): unknown {
  const code = (thrown as { code?: string }).code ?? "";
  const cause = { cause: thrown };
  if (thrown instanceof RowhaulError) return thrown;
  if (code === "ENOENT" || code === "ENOTDIR")
    return new RowhaulError("SOURCE_NOT_FOUND", `There is no file ${path}.`, cause);
  if (code === "Z_BUF_ERROR")
    return new RowhaulError("SOURCE_TRUNCATED", `${path} is compressed (gzip) and ends in the middle.`, cause);
  if (code.startsWith("Z_"))
    return new RowhaulError("SOURCE_JSON", `${path} is compressed (gzip) and damaged: ${messageOf(thrown)}.`, cause);
  if (/^E[A-Z]+$/.test(code))
    return new RowhaulError("SOURCE_UNREADABLE", `${path} cannot be read: ${messageOf(thrown)}.`, cause);
  return thrown;
}
