/** The tables of the live schema that rows are to go into, as the server has them now. */
import type { LiveUnique } from "../../../core/schema/live-schema.ts";
import type { Client } from "../../../postgres/transaction.ts";
import { uniqueKeysSql } from "./unique-keys.ts";

export type LiveColumn = {
  readonly name: string;
  /** As a cast writes it: with its modifier, and with its schema where that is not pg_catalog. */
  readonly type: string;
  /** Without modifier, and of a domain what it is over. */
  readonly base: string;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  readonly identity: "always" | "by default" | null;
  readonly generated: boolean;
};

export type LiveTable = {
  readonly name: string;
  /** pg_class.relkind. */
  readonly kind: string;
  readonly columns: readonly LiveColumn[];
  /** Columns of the primary key; empty when there is none. */
  readonly key: readonly string[];
  /** ON CONFLICT takes no deferrable key. */
  readonly keyDeferrable: boolean;
  readonly uniques: readonly LiveUnique[];
  /** The application's triggers, by name. */
  readonly triggers: readonly string[];
  /** Of SELECT, INSERT, UPDATE and DELETE those that the user lacks. */
  readonly lacking: readonly string[];
  /** Policies would hide rows from the user. */
  readonly policed: boolean;
};

/** Needs the empty search_path of our transactions: types carry their schemas then. */
export async function readLiveTables(
  client: Client,
  schema: string,
  names: readonly string[],
): Promise<Map<string, LiveTable>> {
  const { rows } = await client.query<LiveTable>(
    `SELECT c.relname::text AS name, c.relkind::text AS kind,
            coalesce((SELECT json_agg(json_build_object(
                'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
                'base', format_type(coalesce(nullif(t.typbasetype, 0), t.oid), NULL),
                'notNull', a.attnotnull OR t.typnotnull, 'hasDefault', (a.atthasdef OR t.typdefault IS NOT NULL) AND a.attgenerated = '',
                'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END,
                'generated', a.attgenerated <> '') ORDER BY a.attnum)
              FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]') AS columns,
            coalesce((SELECT json_agg(a.attname ORDER BY k.n) FROM unnest(p.conkey) WITH ORDINALITY AS k (attnum, n)
                        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum), '[]') AS key,
            coalesce(p.condeferrable, false) AS "keyDeferrable",
            ${uniqueKeysSql("c.oid")} AS uniques,
            coalesce((SELECT json_agg(g.tgname ORDER BY g.tgname) FROM pg_catalog.pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal), '[]') AS triggers,
            coalesce((SELECT json_agg(r) FROM unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS r WHERE NOT has_table_privilege(c.oid, r)), '[]') AS lacking,
            row_security_active(c.oid) AS policed
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_catalog.pg_constraint p ON p.conrelid = c.oid AND p.contype = 'p'
      WHERE n.nspname = $1 AND c.relname = ANY($2::text[])`,
    [schema, names],
  );
  return new Map(rows.map((row) => [row.name, row]));
}
