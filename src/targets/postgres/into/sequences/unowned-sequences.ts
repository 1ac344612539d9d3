/**
 * Sequences that belong to no column and that no default calls: some frameworks draw from
 * them by name. One that is called as PostgreSQL itself would call the sequence of an
 * integer column is taken for that column's.
 */
import { cutToBytes } from "../../../../core/schema/names.ts";
import type { Client } from "../../../../postgres/transaction.ts";

export type UnownedSequence = {
  /** With its schema, quoted where it must be. */
  readonly sequence: string;
  /** The column it is named after, or null. */
  readonly table: string | null;
  readonly column: string | null;
};

export async function unownedSequences(
  client: Client,
  schema: string,
  tables: readonly string[],
): Promise<UnownedSequence[]> {
  const { rows } = await client.query<{ sequence: string; name: string }>(
    `SELECT s.oid::regclass::text AS sequence, s.relname::text AS name
       FROM pg_catalog.pg_class s JOIN pg_catalog.pg_namespace n ON n.oid = s.relnamespace
      WHERE n.nspname = $1 AND s.relkind = 'S' AND NOT EXISTS (
              SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i'))
        AND NOT EXISTS (
              SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = s.oid)
      ORDER BY 1`,
    [schema],
  );
  if (rows.length === 0) return [];
  const columns = await client.query<{ table: string; column: string }>(
    `SELECT c.relname::text AS "table", a.attname::text AS "column"
       FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname = ANY($2::text[]) AND a.attnum > 0 AND NOT a.attisdropped
        AND (WITH RECURSIVE t(oid) AS (SELECT a.atttypid UNION ALL SELECT y.typbasetype FROM t JOIN pg_catalog.pg_type y ON y.oid = t.oid AND y.typtype = 'd')
               SELECT bool_or(t.oid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)) FROM t)
      ORDER BY 1, a.attnum`,
    [schema, tables],
  );
  return rows.map(({ sequence, name }) => {
    const found = columns.rows.find(({ table, column }) => name === sequenceName(table, column));
    return { sequence, table: found?.table ?? null, column: found?.column ?? null };
  });
}

const longest = 63;

/** As PostgreSQL's makeObjectName does: of two names that are too long together the longer is cut first, byte by byte. */
export function sequenceName(table: string, column: string): string {
  const room = longest - "__seq".length;
  let first = Buffer.byteLength(table);
  let second = Buffer.byteLength(column);
  while (first + second > room) {
    if (first > second) first--;
    else second--;
  }
  return `${cutToBytes(table, first)}_${cutToBytes(column, second)}_seq`;
}
