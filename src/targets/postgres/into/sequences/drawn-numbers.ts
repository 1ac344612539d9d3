/** What a rolled-back transaction leaves behind: sequences do not give numbers back. */
import { RowhaulError } from "../../../../core/messages/errors.ts";
import type { Client, Pool } from "../../../../postgres/transaction.ts";
import type { MatchedTable } from "../match.ts";
import { sequencesOf } from "./sequences.ts";

/** Where sequences stand, by name. */
export type Positions = ReadonlyMap<string, string>;

export async function positionsOf(client: Client, schema: string, tables: readonly MatchedTable[]): Promise<Positions> {
  const known = await sequencesOf(client, schema, tables);
  const { rows } = await client.query<{ name: string }>(
    `SELECT DISTINCT s.oid::regclass::text AS name
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = c.oid
       JOIN pg_catalog.pg_depend d
         ON (d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid > 0 AND d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i'))
         OR (d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass)
       JOIN pg_catalog.pg_class s ON s.oid IN (d.objid, d.refobjid) AND s.relkind = 'S'
      WHERE n.nspname = $1 AND c.relname = ANY($2::text[])`,
    [schema, tables.map(({ live }) => live.name)],
  );
  return readPositions(client, [...new Set([...rows, ...known].map(({ name }) => name))]);
}

/** The error, with the sequences that have moved. Called only after a failure; adds nothing when they cannot be read. */
export async function withDrawnNumbers(pool: Pool, before: Positions, thrown: unknown): Promise<unknown> {
  if (before.size === 0 || !(thrown instanceof RowhaulError)) return thrown;
  const now = await readPositions(pool, [...before.keys()]).catch(() => null);
  const drawn = [...before.keys()].filter((name) => now?.has(name) && now.get(name) !== before.get(name));
  if (drawn.length === 0) return thrown;
  return new RowhaulError(thrown.code, thrown.message, {
    hint: thrown.hint,
    place: thrown.place,
    details: [...thrown.details, `Numbers were drawn from ${drawn.join(", ")}; gaps remain.`],
    paste: thrown.paste,
    cause: thrown.cause,
  });
}

/** By the view, which shows NULL where a role may not look. */
async function readPositions(client: Client | Pool, names: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; last: string | null }>(
    `SELECT u.name, p.last_value::text AS last FROM unnest($1::text[]) AS u (name)
       JOIN pg_catalog.pg_class c ON c.oid = u.name::regclass JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_catalog.pg_sequences p ON p.schemaname = n.nspname AND p.sequencename = c.relname`,
    [names],
  );
  return new Map(rows.map(({ name, last }) => [name, last ?? ""]));
}
