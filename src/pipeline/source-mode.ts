/** Who may read a source that is a file: whoever may not must not read its rows in a new file, either. */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../core/settings.ts";

/** Rights as in a file's mode, without those to execute it; undefined where there is no file to ask. */
export function sourceMode({ source }: Settings): number | undefined {
  if (source.kind === "postgres") return undefined;
  const path = source.kind === "export" ? join(source.path, "manifest.json") : source.path;
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : found.mode & 0o666;
}
