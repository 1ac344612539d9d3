/** Whether the snapshot is whole. */

import { RowhaulError } from "../core/messages/errors.ts";
import { damageOf } from "../sqlite/integrity.ts";
import { recoverHint, sourceError } from "../sqlite/open.ts";

/** Throws SOURCE_CORRUPT with the first lines of what is damaged. Reads the whole file, beside the profile. */
export async function checkIntegrity(path: string, shown: string, signal: AbortSignal): Promise<void> {
  let damage: string[];
  try {
    damage = await damageOf(path, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    throw sourceError(shown, thrown);
  }
  if (damage.length > 0)
    throw new RowhaulError("SOURCE_CORRUPT", `${shown} is damaged: ${damage[0]}.`, {
      details: damage.slice(1, 6),
      hint: recoverHint(shown),
    });
}
