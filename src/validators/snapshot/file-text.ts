/** The text of a JSON file, unpacked, piece by piece, with the digest of what lies on disk. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";

const chunkBytes = 1 << 18;

/** Returns the file's SHA-256. */
export async function readText(
  path: string,
  gzip: boolean,
  take: (text: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash("sha256");
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const see = (chunk: Buffer): void => void hash.update(chunk);
  for await (const chunk of gzip ? unpacked(path, see) : plain(path, see)) {
    signal.throwIfAborted();
    take(decoder.decode(chunk, { stream: true }));
  }
  take(decoder.decode());
  return hash.digest("hex");
}

/** Always the same buffer, filled again, so that a large file leaves no more behind than a small one. */
async function* plain(path: string, see: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafeSlow(chunkBytes);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, null);
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      see(chunk);
      yield chunk;
    }
  } finally {
    await file.close();
  }
}

async function* unpacked(path: string, see: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: chunkBytes });
  file.on("data", (chunk) => see(chunk as Buffer));
  for await (const chunk of file.pipe(createGunzip({ chunkSize: chunkBytes }))) yield chunk as Buffer;
}
