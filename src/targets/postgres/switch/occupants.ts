/** What already stands in the target schema under names that the plan will use, and what depends on it. */
import { RowhaulError } from "../../../core/messages/errors.ts";
import { ask } from "../../../postgres/begin.ts";
import type { Client, Pool } from "../../../postgres/transaction.ts";

/** A table, view, sequence or type that stands in the way. `kind` is pg_class.relkind, or `type`. */
export type Occupant = { readonly name: string; readonly kind: string };

/** Objects whose names clash, as the objects that would have to move: an index stands for its table, an owned sequence for its. */
export async function findOccupants(
  client: Client | Pool,
  schema: string,
  names: readonly string[],
): Promise<Occupant[]> {
  const { rows } = await ask(
    client,
    `WITH clash AS (
       SELECT c.oid, c.relname, c.relkind FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = ANY($2::text[])),
     movable AS (
       SELECT coalesce(i.indrelid, d.refobjid, clash.oid) AS oid FROM clash
         LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = clash.oid AND clash.relkind IN ('i', 'I')
         LEFT JOIN pg_catalog.pg_depend d ON d.objid = clash.oid AND clash.relkind = 'S' AND d.classid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i'))
     SELECT DISTINCT c.relname::text AS name, c.relkind::text AS kind FROM movable JOIN pg_catalog.pg_class c USING (oid)
     UNION
     SELECT t.typname::text, 'type' FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      WHERE n.nspname = $1 AND t.typname = ANY($2::text[]) AND t.typrelid = 0 AND t.typelem = 0
     ORDER BY 1`,
    [schema, names],
  );
  return rows as Occupant[];
}

/** Throws TARGET_ASIDE_BLOCKED when an object outside the set depends on one inside: it would keep reading the old tables. */
export async function checkMovable(
  client: Client | Pool,
  schema: string,
  occupants: readonly Occupant[],
): Promise<void> {
  const types = occupants.filter((occupant) => occupant.kind === "type");
  if (types.length > 0) {
    throw new RowhaulError(
      "TARGET_ASIDE_BLOCKED",
      `Types of the schema ${schema} bear names that tables will have: ${types.map((type) => type.name).join(", ")}.`,
    );
  }
  const { rows } = await ask<{ dependant: string; name: string }>(
    client,
    `WITH moving AS (
       SELECT c.oid, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = ANY($2::text[]))
     SELECT v.oid::regclass::text AS dependant, moving.relname::text AS name
       FROM moving JOIN pg_catalog.pg_depend d ON d.refobjid = moving.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.classid = 'pg_catalog.pg_rewrite'::regclass
       JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid JOIN pg_catalog.pg_class v ON v.oid = r.ev_class
      WHERE v.oid NOT IN (SELECT oid FROM moving)
     UNION
     SELECT 'foreign key ' || k.conname || ' of ' || k.conrelid::regclass::text, moving.relname::text
       FROM moving JOIN pg_catalog.pg_constraint k ON k.confrelid = moving.oid AND k.contype = 'f' WHERE k.conrelid NOT IN (SELECT oid FROM moving)
     LIMIT 10`,
    [schema, occupants.map((occupant) => occupant.name)],
  );
  if (rows.length > 0) {
    const details = rows.map((row) => `${row.dependant} depends on ${schema}.${row.name}`);
    throw new RowhaulError(
      "TARGET_ASIDE_BLOCKED",
      `What stands in schema ${schema} cannot be kept aside: ${details[0]}.`,
      { details: details.slice(1) },
    );
  }
}

/** Throws TARGET_ROW_SECURITY when a table that would be replaced is protected row by row, which its successor would not be. */
export async function checkRowSecurity(pool: Pool, schema: string, names: readonly string[]): Promise<void> {
  const { rows } = await ask<{ name: string }>(
    pool,
    `SELECT c.relname::text AS name FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname = ANY($2::text[]) AND c.relrowsecurity ORDER BY 1`,
    [schema, names],
  );
  if (rows.length === 0) return;
  const tables = rows.map((row) => row.name).join(", ");
  throw new RowhaulError(
    "TARGET_ROW_SECURITY",
    `Row-level security is on for ${tables} of schema ${schema}; the new tables would not have its policies.`,
  );
}
