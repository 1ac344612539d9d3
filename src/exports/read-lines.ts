/** Lines of an export's file, counted and hashed on their way, in flat memory. */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import { gather } from "./gather.ts";
import { longestLine, tooLong } from "./line-limit.ts";

export type LinesRead = { readonly lines: number; readonly bytes: number; readonly sha256: string };

/**
 * Calls `each` with every line and its number from 1. Throws SOURCE_TRUNCATED for a file that ends in the middle,
 * EXPORT_INVALID for one that is longer than `expected` bytes, has a line longer than `longest`, no UTF-8 or no gzip.
 */
export async function readLines(
  path: string,
  expected: number,
  signal: AbortSignal,
  each: (line: string, number: number) => void,
  longest = longestLine,
): Promise<LinesRead> {
  const hash = createHash("sha256");
  const counts = { lines: 0, bytes: 0 };
  const rest = gather(Math.min(longest, expected));
  let found: unknown = null;
  // What stops the reading is what counts; the streams, aborted by it, may throw first.
  const read = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    try {
      await take(chunks);
    } catch (thrown) {
      found = thrown;
      throw thrown;
    }
  };
  const take = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) {
      hash.update(chunk);
      counts.bytes += chunk.length;
      if (counts.bytes > expected)
        throw new RowhaulError("EXPORT_INVALID", `${path} is longer than the ${expected} bytes it was written with.`);
      const end = chunk.lastIndexOf(0x0a);
      const before = end < 0 ? chunk.length : end;
      if (rest.length + before > longest) throw tooLong(path, counts.lines + 1, longest);
      rest.add(chunk.subarray(0, before));
      if (end < 0) continue;
      for (const line of textOf(rest.take(), path, counts.lines + 1).split("\n")) {
        counts.lines += 1;
        each(line, counts.lines);
      }
      if (chunk.length - end - 1 > longest) throw tooLong(path, counts.lines + 1, longest);
      rest.add(chunk.subarray(end + 1));
    }
  };
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  try {
    if (path.endsWith(".gz")) await pipeline(file, createGunzip({ chunkSize: 1 << 18 }), read, { signal });
    else await pipeline(file, read, { signal });
  } catch (thrown) {
    signal.throwIfAborted();
    throw readError(path, counts.lines, found instanceof RowhaulError ? found : thrown);
  }
  if (rest.length > 0) throw truncated(path, `line ${counts.lines + 1} has no end`);
  if (counts.bytes < expected) throw truncated(path, `it holds ${counts.bytes} of ${expected} bytes`);
  return { ...counts, sha256: hash.digest("hex") };
}

function textOf(block: Buffer, path: string, line: number): string {
  if (isUtf8(block)) return block.toString("utf8");
  throw new RowhaulError("EXPORT_INVALID", `${path} is not valid UTF-8, in line ${line} or soon after.`);
}

function truncated(path: string, how: string, cause?: unknown): RowhaulError {
  return new RowhaulError("SOURCE_TRUNCATED", `${path} is cut short: ${how}.`, { cause });
}

function readError(path: string, lines: number, thrown: unknown): unknown {
  const code = String((thrown as { code?: unknown } | null)?.code ?? "");
  if (thrown instanceof RowhaulError) return thrown;
  if (code === "Z_BUF_ERROR") return truncated(path, `its gzip data ends after line ${lines}`, thrown);
  if (code.startsWith("Z_"))
    return new RowhaulError("EXPORT_INVALID", `${path} is damaged: ${messageOf(thrown)}.`, { cause: thrown });
  if (code === "ENOENT") return new RowhaulError("EXPORT_INVALID", `${path} is missing.`, { cause: thrown });
  if (/^E[A-Z]+$/.test(code))
    return new RowhaulError("SOURCE_UNREADABLE", `${path} cannot be read: ${messageOf(thrown)}.`, { cause: thrown });
  return thrown;
}
