/** SQL for the unique keys of a live table: what ON CONFLICT may be told, and what two rows may meet in. */

/** A JSON array, the primary key first. `relation`: SQL of the table's oid. INCLUDE columns are no part of a key. */
export function uniqueKeysSql(relation: string): string {
  return `coalesce((SELECT json_agg(json_build_object(
      'name', x.relname, 'primary', i.indisprimary, 'deferrable', NOT i.indimmediate, 'partial', i.indpred IS NOT NULL,
      -- Servers before 15 do not have it.
      'nullsNotDistinct', coalesce((to_jsonb(i)->>'indnullsnotdistinct')::boolean, false),
      'columns', CASE WHEN i.indexprs IS NOT NULL THEN '[]'::json ELSE
        (SELECT json_agg(a.attname ORDER BY k.n) FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, n)
           JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum WHERE k.n <= i.indnkeyatts) END)
      ORDER BY i.indisprimary DESC, x.relname)
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
   WHERE i.indrelid = ${relation} AND i.indisunique AND i.indisvalid), '[]')`;
}
