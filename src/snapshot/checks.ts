/** Preflight's questions to a SQLite file. */

import { RowhaulError } from "../core/messages/errors.ts";
import type { Sample } from "../core/plan/profile.ts";
import type { ProfileRequest } from "../core/ports.ts";
import { quoteName } from "../core/quote.ts";
import type { ForeignKey } from "../core/schema/catalog.ts";
import { damageOf } from "../sqlite/integrity.ts";
import { recoverHint, type Sqlite, selected, selection, sourceError } from "../sqlite/open.ts";
import { Samples } from "./profile/samples.ts";

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

/**
 * Child rows without a parent, by foreign key. SQLite's own foreign_key_check knows nothing of a
 * pipeline's selections, so the keys are followed here; those whose parent has no such columns are left
 * to the plan, which reports them as lost.
 */
export function findOrphans(
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
    if (/no such (table|column)/.test((thrown as Error).message)) return none;
    throw thrown;
  }
}
