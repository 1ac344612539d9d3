/**
 * A digest of each live table's definition: everything that affects an inserted row. Names and texts
 * only: no oids, statistics or positions of sequences, which change without a migration.
 */
import { createHash } from "node:crypto";
import type { Client } from "../../../postgres/transaction.ts";
import { isMade } from "./triggers/trigger-sql.ts";

export async function schemaDigests(client: Client, schema: string): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; facts: unknown }>(factsSql, [schema]);
  return new Map(
    rows.map(({ name, facts }) => [
      name,
      createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 32),
    ]),
  );
}

const factsSql = `
SELECT c.relname::text AS name, json_build_array(c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relispartition,
  (SELECT json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, a.attcollation::regcollation::text,
            pg_get_expr(f.adbin, f.adrelid), t.typdefault, t.typnotnull,
            (SELECT json_agg(json_build_array(k.conname, pg_get_constraintdef(k.oid)) ORDER BY k.conname) FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid),
            (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid)) ORDER BY a.attnum)
     FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
  (SELECT json_agg(json_build_array(k.conname, k.contype, k.condeferrable, k.condeferred, k.convalidated, pg_get_constraintdef(k.oid)) ORDER BY k.conname)
     FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid),
  (SELECT json_agg(json_build_array(pg_get_indexdef(i.indexrelid), i.indisvalid) ORDER BY i.indexrelid::regclass::text) FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid),
  (SELECT json_agg(json_build_array(pg_get_triggerdef(g.oid), g.tgenabled, p.prosrc, p.probin, p.proconfig) ORDER BY g.tgname, g.tgrelid::regclass::text)
     FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid
    WHERE (g.tgrelid = c.oid OR g.tgrelid IN (SELECT relid FROM pg_catalog.pg_partition_tree(c.oid))) AND ${isMade("g")}),
  (SELECT json_agg(json_build_array(r.rulename, pg_get_ruledef(r.oid)) ORDER BY r.rulename) FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid AND c.relkind <> 'v'),
  (SELECT json_agg(json_build_array(y.polname, y.polcmd, y.polpermissive, pg_get_expr(y.polqual, y.polrelid), pg_get_expr(y.polwithcheck, y.polrelid),
            (SELECT array_agg(r.rolname ORDER BY r.rolname) FROM pg_catalog.pg_roles r WHERE r.oid = ANY(y.polroles))) ORDER BY y.polname) FROM pg_catalog.pg_policy y WHERE y.polrelid = c.oid),
  (SELECT json_agg(json_build_array(h.inhrelid::regclass::text, pg_get_expr(s.relpartbound, s.oid)) ORDER BY h.inhrelid::regclass::text)
     FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class s ON s.oid = h.inhrelid WHERE h.inhparent = c.oid)) AS facts
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`;
