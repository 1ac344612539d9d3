/** The bytes of a JSON file, unpacked, chunk by chunk, with the digest of what lies on disk. */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import { nearFileHint } from "../../system/near-file.ts";

const chunkBytes = 1 << 20;

/** Throws SOURCE_* and what `take` throws, which must not keep the chunk. Returns the file's SHA-256. */
export async function readFile(
  path: string,
  take: (chunk: Buffer) => void,
  progress: (done: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash("sha256");
  let done = 0;
  const chunks = fileChunks(path, signal, (chunk) => {
    hash.update(chunk);
    done += chunk.length;
    progress(done);
  });
  try {
    if (isGzip(path)) {
      const consume = async (unpacked: AsyncIterable<Buffer>): Promise<void> => {
        for await (const chunk of unpacked) take(chunk);
      };
      // Unpacking goes on in a thread while the next chunk is read.
      const copies = async function* (): AsyncGenerator<Buffer> {
        for await (const chunk of chunks) yield Buffer.from(chunk);
      };
      await pipeline(copies, createGunzip({ chunkSize: 1 << 18 }), consume, { signal });
    } else for await (const chunk of chunks) take(chunk);
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    throw readError(path, thrown);
  }
  return hash.digest("hex");
}

/** Always the same buffer, filled again: one a chunk would be as much memory as the collector is late. */
async function* fileChunks(
  path: string,
  signal: AbortSignal,
  seen: (chunk: Buffer) => void,
): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafeSlow(chunkBytes);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, null);
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      seen(chunk);
      yield chunk;
    }
  } finally {
    await file.close();
  }
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

function nearFile(path: string): { hint?: string } {
  const hint = nearFileHint(path);
  return hint === null ? {} : { hint };
}

export function readError(path: string, thrown: unknown): unknown {
  const code = (thrown as { code?: string }).code ?? "";
  const cause = { cause: thrown };
  if (thrown instanceof RowhaulError) return thrown;
  if (code === "ENOENT" || code === "ENOTDIR")
    return new RowhaulError("SOURCE_NOT_FOUND", `There is no file at ${path}.`, { ...cause, ...nearFile(path) });
  if (code === "Z_BUF_ERROR")
    return new RowhaulError("SOURCE_TRUNCATED", `${path} is compressed (gzip) and ends in the middle.`, cause);
  if (code.startsWith("Z_"))
    return new RowhaulError("SOURCE_JSON", `${path} is compressed (gzip) and damaged: ${messageOf(thrown)}.`, cause);
  if (/^E[A-Z]+$/.test(code))
    return new RowhaulError("SOURCE_UNREADABLE", `${path} cannot be read: ${messageOf(thrown)}.`, cause);
  return thrown;
}
