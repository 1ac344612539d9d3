/**
 * A JSON file as a source: its rows are read once, exactly, into a snapshot file.
 * A file has no writers that could be locked out; what guards the switch is that
 * its content is still what was read.
 */

import { statSync } from "node:fs";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { Source } from "../../core/ports.ts";
import { sniffFormat } from "../../json/sniff.ts";
import type { ProveStoredRows } from "../../json/stored-rows.ts";
import { isSnapshot } from "../../snapshot/catalog/kept-catalog.ts";
import { openSnapshot } from "../../snapshot/frozen.ts";
import { sha256OfFile } from "../../system/file-digest.ts";
import { fileKind, headBytes } from "../../system/file-kind.ts";
import { firstBytes, isGzip, readError, readFile } from "./read-file.ts";
import type { JsonSourceSettings } from "./settings.ts";
import { takeSnapshot } from "./snapshot.ts";
import { tableName } from "./table-name.ts";

/** `prove` reads the file once more on its own and compares; null to go without. */
export function jsonSource(path: string, settings: JsonSourceSettings, prove: ProveStoredRows | null): Source {
  const digest = fileDigest(path);
  return {
    shown: path,
    file: null,
    async check() {
      const bytes = firstBytes(path, headBytes);
      const head = bytes.subarray(0, 4);
      if (head.length === 0) throw new RowhaulError("SOURCE_EMPTY", `${path} is empty.`);
      const zeroed = Buffer.concat([head, Buffer.alloc(1)]);
      const { fault, markBytes } = sniffFormat(zeroed, 0, head.length, false);
      if (head[0] !== 0x1f && fault !== null)
        throw new RowhaulError("SOURCE_JSON", `${path} cannot be read: ${fault}.`, { hint: "Convert it to UTF-8." });
      refuseOtherKinds(path, bytes);
      return markBytes === 0 ? [] : [`${path} begins with a byte order mark, which is passed over.`];
    },
    async relations() {
      if (isGzip(path)) return null;
      const head = Buffer.concat([firstBytes(path, headBytes), Buffer.alloc(1)]);
      const { format, sure } = sniffFormat(head, 0, head.length - 1, stat(path).size <= headBytes);
      return sure && format !== "tables" ? [tableName(path, null, settings.table, [])] : null;
    },
    async bytes() {
      return stat(path).size;
    },
    fingerprint: digest,
    snapshot: (destination, progress, signal) => takeSnapshot(path, settings, destination, prove, progress, signal),
    verify: isSnapshot,
    open: (snapshot) => openSnapshot(snapshot, path, "written"),
    checkLockable() {},
    async lock() {
      return { release: async () => {} };
    },
    async checkUnchanged(snapshot, signal) {
      const now = await readFile(
        path,
        () => {},
        () => {},
        signal,
      );
      if (now !== snapshot.fingerprint)
        throw new RowhaulError("SOURCE_CHANGED", `${path} is not the file it was when the snapshot was taken.`);
    },
  };
}

/** What cannot be JSON by its first bytes is reported as such, not by the byte at which parsing fails. */
function refuseOtherKinds(path: string, head: Buffer): void {
  const kind = fileKind(path, head);
  if (kind === null || /^(json|text|pipeline)$/.test(kind.name) || isGzip(path)) return;
  throw new RowhaulError("SOURCE_JSON", `${path} is ${kind.is}, and no JSON.`, { hint: kind.todo });
}

/** SHA-256 of the content; read again only when the file system says that it may be another. */
function fileDigest(path: string): () => Promise<string> {
  let seen = "";
  let digest = "";
  return async () => {
    const { size, mtimeNs, ctimeNs, ino } = stat(path);
    const now = `${size} ${mtimeNs} ${ctimeNs} ${ino}`;
    if (now !== seen) {
      digest = await sha256(path);
      seen = now;
    }
    return digest;
  };
}

function stat(path: string): { size: number; mtimeNs: bigint; ctimeNs: bigint; ino: bigint } {
  try {
    const { size, mtimeNs, ctimeNs, ino } = statSync(path, { bigint: true });
    return { size: Number(size), mtimeNs, ctimeNs, ino };
  } catch (thrown) {
    throw readError(path, thrown);
  }
}

async function sha256(path: string): Promise<string> {
  try {
    return await sha256OfFile(path);
  } catch (thrown) {
    throw readError(path, thrown);
  }
}
