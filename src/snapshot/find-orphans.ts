/** Child rows without a parent, found in this process. */
import type { Sample } from "../core/plan/profile.ts";
import type { ProfileRequest } from "../core/ports.ts";
import { quoteName } from "../core/quote.ts";
import type { ForeignKey } from "../core/schema/catalog.ts";
import { sameName } from "../core/schema/names.ts";
import { openSqlite, type Sqlite, selected, selection } from "../sqlite/open.ts";
import { Samples } from "./profile/samples.ts";

/** By `table NUL position of the foreign key`. */
export type Orphans = ReadonlyMap<string, { readonly count: number; readonly samples: readonly Sample[] }>;

export type OrphansOrder = { readonly path: string; readonly requests: readonly ProfileRequest[] };

export function findAllOrphans({ path, requests }: OrphansOrder): Orphans {
  const found = new Map<string, { count: number; samples: Sample[] }>();
  const db = openSqlite(path);
  try {
    for (const request of requests) {
      for (const [position, key] of request.table.foreignKeys.entries()) {
        const parent = requests.find((one) => sameName(one.table.name, key.parent));
        const orphans = findOrphans(db, request, key, parent?.where ?? null);
        if (orphans.count > 0) found.set(`${request.table.name}\0${position}`, orphans);
      }
    }
  } finally {
    db.close();
  }
  return found;
}

/**
 * Of one foreign key. SQLite's own foreign_key_check knows nothing of a
 * pipeline's selections, so the keys are followed here; those whose parent has no such columns are left
 * to the plan, which reports them as lost.
 */
function findOrphans(
  db: Sqlite,
  child: ProfileRequest,
  key: ForeignKey,
  parentWhere: string | null,
): { count: number; samples: Sample[] } {
  const none = { count: 0, samples: [] };
  if (key.parentColumns.length !== key.columns.length) return none;
  const own = quoteName(child.table.name);
  const columns = key.columns.map((name) => `${own}.${quoteName(name)}`);
  const match = columns.map((c, i) => `"rowhaul parent".${quoteName(key.parentColumns[i] ?? "")} = ${c}`);
  const given = columns.map((c) => `${c} IS NOT NULL`);
  const orphan = `${given.join(" AND ")} AND NOT EXISTS (SELECT 1 FROM ${selected(key.parent, parentWhere, key.parentColumns)} AS "rowhaul parent" WHERE ${match.join(" AND ")})`;
  const where = child.where === null ? "" : `${selection(child.where)} AND `;
  try {
    const count = Number(db.prepare(`SELECT count(*) FROM ${own} WHERE ${where}${orphan}`).pluck().get());
    if (count === 0) return none;
    return { count, samples: new Samples(db, child.table, child.where).find(key.columns[0] ?? "", orphan) };
  } catch (thrown) {
    // Compared by an order that only the application knows, it cannot be carried either.
    if (/no such (table|column|collation sequence)/.test((thrown as Error).message)) return none;
    throw thrown;
  }
}
