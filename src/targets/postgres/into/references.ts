/** Foreign keys of the live schema that matter when rows go into its tables, or leave them again. */
import { qualified, quoteName } from "../../../core/quote.ts";
import type { Client } from "../../../postgres/transaction.ts";

export type Reference = {
  readonly constraint: string;
  readonly childSchema: string;
  readonly child: string;
  readonly childColumns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
  readonly deferrable: boolean;
  /** The child is not among the given tables. */
  readonly outside: boolean;
};

/** Every foreign key that points to one of the tables, or to a partition of one. */
export async function readReferences(client: Client, schema: string, names: readonly string[]): Promise<Reference[]> {
  const { rows } = await client.query<Reference>(
    `WITH own AS (
       SELECT c.oid, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = ANY($2::text[])),
     parts AS (
       SELECT oid AS part, oid, relname FROM own
       UNION SELECT p.relid, own.oid, own.relname FROM own, pg_catalog.pg_partition_tree(own.oid) p)
     SELECT k.conname::text AS constraint, n.nspname::text AS "childSchema", coalesce(within.relname, c.relname)::text AS child, parts.relname::text AS parent,
            k.condeferrable AS deferrable, within.oid IS NULL AS outside,
            (SELECT json_agg(a.attname ORDER BY i.n) FROM unnest(k.conkey) WITH ORDINALITY AS i (attnum, n)
               JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = i.attnum) AS "childColumns",
            (SELECT json_agg(a.attname ORDER BY i.n) FROM unnest(k.confkey) WITH ORDINALITY AS i (attnum, n)
               JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = i.attnum) AS "parentColumns"
       FROM pg_catalog.pg_constraint k JOIN parts ON parts.part = k.confrelid
       JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN parts within ON within.part = k.conrelid
      WHERE k.contype = 'f' AND k.conparentid = 0 ORDER BY 2, 3, 1`,
    [schema, names],
  );
  return rows;
}

/** How many rows of the child point to rows of the parent. `leaving`: a condition on the parent's row `l`; null = any row. */
export async function pointingRows(
  client: Client,
  schema: string,
  reference: Reference,
  leaving: string | null,
): Promise<number> {
  const child = qualified(reference.childSchema, reference.child);
  const sides = reference.childColumns.map((column, i) => [
    `o.${quoteName(column)}`,
    `l.${quoteName(reference.parentColumns[i] ?? "")}`,
  ]);
  const joined = sides.map(([pointing, pointed]) => `${pointing} = ${pointed}`).join(" AND ");
  const { rows } = await client.query<{ rows: string }>(
    `SELECT count(*) AS rows FROM ${child} o JOIN ${qualified(schema, reference.parent)} l ON ${joined} WHERE ${leaving ?? "true"}`,
  );
  return Number(rows[0]?.rows ?? 0);
}
