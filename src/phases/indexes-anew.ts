/** Where the source's indexes do not agree with its rows, the run goes on with a copy of the snapshot whose indexes do. */
import { statSync } from "node:fs";
import type { FrozenSource, StaleIndex } from "../core/ports.ts";
import type { RunFolder } from "../run-folder/run-folder.ts";
import { sha256OfFile } from "../system/file-digest.ts";
import type { Context } from "./run/context.ts";

/** Returns the copy's path. The snapshot stays what was taken, to be compared with the source at cutover. */
export async function indexesAnew(
  context: Context,
  folder: RunFolder,
  frozen: FrozenSource,
  stale: readonly StaleIndex[],
): Promise<string> {
  const path = folder.file("reindexed.db");
  warnOfStale(context, stale);
  await frozen.withIndexesAnew(path, stale, context.signal);
  folder.update({ shaped: { path, sha256: await sha256OfFile(path), bytes: statSync(path).size } });
  return path;
}

/** With what to do about the source itself. */
export function warnOfStale(
  { parts: { source }, emit }: { readonly parts: Pick<Context["parts"], "source">; readonly emit: Context["emit"] },
  stale: readonly StaleIndex[],
): void {
  for (const { line, remedy } of stale)
    emit({
      type: "notice",
      level: "warning",
      message: `${source.shown}: ${line}: the index and its table disagree. The rows move as the table holds them. Where a value of the table is what was damaged, restore it from a backup; where only the index is stale, the application may miss rows until you run: ${remedy}`,
    });
}
