/** What stands beside a target of a run whose row, or folder, is gone: found by the names that its files have. */
import { existsSync } from "node:fs";
import { shellWord } from "../../../core/messages/shell-word.ts";
import { isThere } from "../switch/files.ts";
import { keptFile, stagingFile } from "../switch/places.ts";

/** Commands that take a switch back, as far as the files show it; none when nothing of the run is there. */
export function wayBackByHand(path: string, run: string): string[] {
  const [staging, kept] = [stagingFile(path, run), keptFile(path, run)];
  if (existsSync(kept))
    return [
      ...(isThere(path) && !existsSync(staging) ? [`mv ${shellWord(path)} ${shellWord(staging)}`] : []),
      `mv ${shellWord(kept)} ${shellWord(path)}`,
    ];
  if (existsSync(staging)) return [`${staging} holds what the run loaded; nothing of it is in ${path}.`];
  return isThere(path)
    ? [`If the run made ${path}, and nothing stood there before: mv ${shellWord(path)} ${shellWord(staging)}`]
    : [];
}
