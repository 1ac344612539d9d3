/** The file that stood at the path before the switch: its digest, taken when it is kept and looked at before it comes back. */
import { existsSync } from "node:fs";
import { RowhaulError } from "../../../core/messages/errors.ts";
import { shellWord } from "../../../core/messages/shell-word.ts";
import { fingerprint } from "../../../sqlite/fingerprint.ts";
import { sha256OfFile } from "../../../system/file-digest.ts";
import { wayBackByHand } from "../state/traces.ts";
import { quiesce } from "./files.ts";
import { keptFile } from "./places.ts";

/**
 * SHA-256 of the quiet file. Reading it takes longer than the rename that keeps it, and less than the digests of the new
 * file's tables, which are computed just before. Throws TARGET_WRITTEN when somebody wrote to it meanwhile.
 */
export async function digestToKeep(path: string): Promise<string> {
  const before = fingerprint(path);
  const sha256 = await sha256OfFile(path);
  quiesce(path, () => {
    if (fingerprint(path) !== before)
      throw new RowhaulError("TARGET_WRITTEN", `${path} was written to while it was being replaced.`, {
        hint: "Stop the application, then run the same command again.",
      });
  });
  return sha256;
}

/** Returns what cannot be known, as sentences. Throws UNDO_FAILED with the steps by hand; nothing was changed. */
export async function checkKept(path: string, run: string, sha256: string | undefined): Promise<readonly string[]> {
  const kept = keptFile(path, run);
  if (!existsSync(kept))
    throw notPutBack(`${kept}, the file that stood at ${path} before the switch, is gone.`, [
      `put the file back from a copy: cp <copy> ${shellWord(kept)}`,
    ]);
  if (sha256 === undefined)
    return [`${kept} was kept by an earlier version without a digest, so nothing says whether it is still as it was`];
  const now = await sha256OfFile(kept);
  if (now === sha256) return [];
  throw notPutBack(
    `${kept} is not the file that stood at ${path} before the switch: it was written to since, or is damaged (its SHA-256 was ${sha256} and is ${now}).`,
    [
      `put the file back from a copy (cp <copy> ${shellWord(kept)}), or see whether this one will do: sqlite3 ${shellWord(kept)} 'PRAGMA integrity_check'; if it will:`,
      ...wayBackByHand(path, run),
    ],
  );
}

function notPutBack(message: string, steps: readonly string[]): RowhaulError {
  return new RowhaulError("UNDO_FAILED", `${message} Nothing was put back.`, {
    details: steps.map((step) => `By hand: ${step}`),
    hint: "After the steps by hand, `rowhaul rollback <pipeline>` puts back the rest.",
  });
}
