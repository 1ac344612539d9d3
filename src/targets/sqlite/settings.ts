/** The settings of a SQLite target. */
import type { IntoMode } from "../../core/plan/into-mode.ts";

export type SqliteTargetSettings = {
  /** Absolute path of the file. */
  readonly path: string;
  readonly existing: SqliteExisting;
  /** Rights that a new file has at most: those of the source, where that is a file. */
  readonly mode?: number | undefined;
};

/**
 * What happens to a file that is there. `refuse` and `keep-aside`: the new file holds the run's tables alone. The others
 * work on a copy of it, whose tables stay as the application made them: `append` adds rows, `merge` puts them in place of
 * those with the same key, `skip` lets those stay, `replace` empties the tables first. The old file is kept beside the new
 * one in every case.
 */
export type SqliteExisting = "refuse" | "keep-aside" | IntoMode;

export function worksOnCopy(existing: SqliteExisting): boolean {
  return existing !== "refuse" && existing !== "keep-aside";
}
