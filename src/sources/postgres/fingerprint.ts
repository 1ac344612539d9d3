/**
 * What identifies a state of the source: its schema, and of each table the places and writing transactions of its
 * rows. A committed insert, update or delete changes them, and no value need be read, not even the long ones. What
 * rewrites a table (VACUUM FULL) changes them too; that is a change too many, never one too few.
 */
import { createHash } from "node:crypto";
import type { SourceCatalog } from "./catalog.ts";
import { relationOf } from "./row-source.ts";
import type { Session } from "./session.ts";

export async function fingerprintOf(session: Session, schema: string, source: SourceCatalog): Promise<string> {
  const hash = createHash("sha256");
  const { catalog } = source;
  // A sequence that moves on without a row is not a change.
  hash.update(JSON.stringify({ ...catalog, tables: catalog.tables.map((table) => ({ ...table, sequence: null })) }));
  for (const read of source.tables) {
    const { rows } = await session.query<{ digest: string }>(
      `SELECT count(*) || ' ' || coalesce(sum(hashtextextended(tableoid::int8 || ' ' || ctid::text || ' ' || xmin::text, 0)), 0) AS digest FROM ${relationOf(schema, read)}`,
    );
    hash.update(`\n${read.table.name} ${rows[0]?.digest}`);
  }
  return hash.digest("hex");
}
