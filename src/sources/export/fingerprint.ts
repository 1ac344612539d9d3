/** Has anything in the folder changed since? Goes by the contents, so that a copied or touched folder counts as the same. */
import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { join } from "node:path";
import type { OpenedExport } from "../../exports/read-manifest.ts";

/** Hashes every file once; again only when its size, times or place on disk are others. */
export function fingerprints(): (folder: string, opened: OpenedExport) => Promise<string> {
  const known = new Map<string, { readonly state: string; readonly sha256: string }>();
  const hashOf = async (path: string): Promise<string> => {
    const { size, mtimeNs, ctimeNs, ino } = statSync(path, { bigint: true });
    const state = `${size} ${mtimeNs} ${ctimeNs} ${ino}`;
    const before = known.get(path);
    if (before?.state === state) return before.sha256;
    const sha256 = await fileSha256(path);
    known.set(path, { state, sha256 });
    return sha256;
  };
  return async (folder, { manifest, text }) => {
    const hash = createHash("sha256").update(text);
    for (const { file } of manifest.tables) hash.update(`\n${file} ${await hashOf(join(folder, file))}`);
    return hash.digest("hex");
  };
}

export async function fileSha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
