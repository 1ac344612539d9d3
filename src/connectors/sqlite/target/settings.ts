/** What a SQLite target is told. */

export type SqliteTargetSettings = {
  /** Absolute path of the file. */
  readonly path: string;
  readonly existing: SqliteExisting;
};

/**
 * What happens to a file that is there. `refuse` and `keep-aside`: the new file holds the run's tables alone. The others
 * work on a copy of it: `replace` puts the run's tables in place of those of the same name, `append` adds rows to them,
 * `merge` adds rows and replaces those with the same key. The old file is kept beside the new one in every case.
 */
export type SqliteExisting = "refuse" | "keep-aside" | "replace" | "append" | "merge";

export function worksOnCopy(existing: SqliteExisting): boolean {
  return existing === "replace" || existing === "append" || existing === "merge";
}
