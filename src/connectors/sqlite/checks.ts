/** Preflight's questions to a SQLite file. */
import { RowhaulError } from "../../core/errors.ts";
import { quoteName, type Sqlite, sourceError } from "./open.ts";

/** Throws SOURCE_CORRUPT with the first lines of PRAGMA integrity_check. NOT NULL and CHECK violations are data, not damage. */
export function checkIntegrity(db: Sqlite, path: string): void {
  let lines: string[];
  try {
    lines = db.prepare("PRAGMA integrity_check(20)").pluck().all() as string[];
  } catch (thrown) {
    throw sourceError(path, thrown);
  }
  const damage = lines.filter(
    (line) =>
      line !== "ok" &&
      !/^(NULL value in|CHECK constraint failed in|NUMERIC value in|TEXT value in|non-unique entry)/.test(line),
  );
  if (damage.length > 0)
    throw new RowhaulError("SOURCE_CORRUPT", `${path} is damaged: ${damage[0]}.`, { details: damage.slice(1, 6) });
}

export type Orphans = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly count: number;
};

/** Child rows without a parent, counted by foreign key. Keys that SQLite cannot check (no such parent) are left to the plan. */
export function findOrphans(db: Sqlite, tables: readonly string[]): Map<string, { count: number; rowids: bigint[] }> {
  const found = new Map<string, { count: number; rowids: bigint[] }>();
  for (const table of tables) {
    let rows: IterableIterator<[string, bigint | null, string, bigint]>;
    try {
      rows = db
        .prepare(`PRAGMA foreign_key_check(${quoteName(table)})`)
        .raw(true)
        .iterate() as typeof rows;
      for (const [child, rowid, , id] of rows) {
        const key = `${child}\0${id}`;
        const known = found.get(key) ?? { count: 0, rowids: [] };
        known.count++;
        if (rowid !== null && known.rowids.length < 3) known.rowids.push(rowid);
        found.set(key, known);
      }
    } catch (thrown) {
      // "foreign key mismatch": the parent has no such key; the plan reports that key as lost.
      if (!/foreign key mismatch|no such table/.test((thrown as Error).message)) throw thrown;
    }
  }
  return found;
}
