/**
 * Questions to pg_catalog, for all selected tables at once (`$1`: their oids). What older servers do not have is
 * asked of the row as JSON, where it is only missing. Under an empty search_path every name comes qualified.
 */

/** Names of columns by number, in order, as JSON. */
function names(relation: string, numbers: string): string {
  return `(SELECT json_agg(a.attname ORDER BY k.nth) FROM unnest(${numbers}) WITH ORDINALITY k(num, nth)
    JOIN pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.num)`;
}

const ofExtension = (catalog: string, oid: string): string =>
  `EXISTS (SELECT 1 FROM pg_depend x WHERE x.classid = '${catalog}'::regclass AND x.objid = ${oid} AND x.deptype = 'e')`;

/** Of a partition the table that its rows belong to, when that is of another schema. */
const rootElsewhere = `CASE WHEN c.relispartition THEN (SELECT format('%I.%I', rn.nspname, r.relname) FROM pg_class r
    JOIN pg_namespace rn ON rn.oid = r.relnamespace WHERE r.oid = pg_partition_root(c.oid) AND rn.oid <> n.oid) END`;

/** `$1`: the schema. */
export const relationsSql = `SELECT c.oid::int8::text AS oid, c.relname::text AS name, c.relkind::text AS kind,
    c.relpersistence::text AS persistence, c.relispartition AS partition, ${rootElsewhere} AS root, c.relrowsecurity AS policies,
    ${ofExtension("pg_class", "c.oid")} AS extension,
    EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = c.oid) AS inherits,
    has_table_privilege(c.oid, 'SELECT') AS readable, has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE') AS lockable,
    CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS view,
    to_jsonb(c)->'reloptions' AS options,
    coalesce(nullif(c.reltuples, -1), 0)::int8::text AS rows
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'
  ORDER BY c.relname COLLATE "C"`;

export type RelationRow = {
  readonly oid: string;
  readonly name: string;
  readonly kind: "r" | "p" | "v" | "m" | "f" | "S";
  readonly persistence: "p" | "u";
  readonly partition: boolean;
  readonly root: string | null;
  readonly policies: boolean;
  readonly extension: boolean;
  readonly inherits: boolean;
  readonly readable: boolean;
  readonly lockable: boolean;
  readonly view: string | null;
  readonly options: readonly string[] | null;
  readonly rows: string;
};

export const columnsSql = `WITH RECURSIVE base(oid, type, typmod, domains) AS (
    SELECT t.oid, t.oid, -1, '[]'::jsonb FROM pg_type t
      WHERE t.oid IN (SELECT atttypid FROM pg_attribute WHERE attrelid = ANY($1::oid[]) AND attnum > 0)
    UNION ALL
    SELECT b.oid, t.typbasetype, CASE WHEN t.typtypmod >= 0 THEN t.typtypmod ELSE b.typmod END, b.domains || jsonb_build_array(t.oid::int8)
      FROM base b JOIN pg_type t ON t.oid = b.type WHERE t.typtype = 'd')
  SELECT a.attrelid::int8::text AS oid, a.attname::text AS name,
    format_type(b.type, CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE b.typmod END) AS type,
    e.typname::text AS element, e.typtype::text AS kind, t.typcategory = 'A' AND t.typelem <> 0 AND e.oid <> t.oid AS array,
    n.nspname = 'pg_catalog' AND tn.nspname = 'pg_catalog' AS "builtIn", b.domains,
    a.attnotnull OR EXISTS (SELECT 1 FROM pg_type d WHERE b.domains @> to_jsonb(d.oid::int8) AND d.typtype = 'd' AND d.typnotnull) AS "notNull",
    coalesce(pg_get_expr(d.adbin, d.adrelid), (SELECT min(x.typdefault) FROM pg_type x WHERE b.domains @> to_jsonb(x.oid::int8) AND x.typtype = 'd')) AS expression,
    CASE WHEN e.typtype = 'e' AND e.oid = t.oid THEN (SELECT json_agg(v.enumlabel ORDER BY v.enumsortorder) FROM pg_enum v WHERE v.enumtypid = e.oid) END AS labels,
    a.attidentity::text AS identity, a.attgenerated::text AS generated,
    CASE WHEN l.collname IS NOT NULL AND a.attcollation <> t.typcollation THEN l.collname::text END AS collation,
    (SELECT json_build_object('sequence', s.oid::int8::text, 'name', format('%I.%I', sn.nspname, s.relname)) FROM pg_depend p JOIN pg_class s ON s.oid = p.objid AND s.relkind = 'S'
       JOIN pg_namespace sn ON sn.oid = s.relnamespace
      WHERE p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass AND p.refobjid = a.attrelid AND p.refobjsubid = a.attnum AND p.deptype IN ('a', 'i')
      ORDER BY p.deptype DESC LIMIT 1) AS owned,
    (SELECT s.oid::int8::text FROM pg_depend p JOIN pg_class s ON s.oid = p.refobjid AND s.relkind = 'S'
      WHERE p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid AND p.refclassid = 'pg_class'::regclass LIMIT 1) AS used
  FROM pg_attribute a
    JOIN base b ON b.oid = a.atttypid JOIN pg_type t ON t.oid = b.type JOIN pg_namespace tn ON tn.oid = t.typnamespace
    JOIN pg_type e ON e.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END JOIN pg_namespace n ON n.oid = e.typnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_collation l ON l.oid = a.attcollation
  WHERE a.attrelid = ANY($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
    AND NOT EXISTS (SELECT 1 FROM pg_type x WHERE x.oid = b.type AND x.typtype = 'd')
  ORDER BY a.attrelid, a.attnum`;

export type ColumnRow = {
  readonly oid: string;
  readonly name: string;
  readonly type: string;
  readonly element: string;
  readonly kind: string;
  readonly array: boolean;
  readonly builtIn: boolean;
  /** Oids, the column's own domain first. */
  readonly domains: readonly number[];
  readonly notNull: boolean;
  readonly expression: string | null;
  /** Of an enum. */
  readonly labels: readonly string[] | null;
  readonly identity: "" | "a" | "d";
  readonly generated: "" | "s" | "v";
  readonly collation: string | null;
  readonly owned: { readonly sequence: string; readonly name: string } | null;
  readonly used: string | null;
};

export const constraintsSql = `SELECT o.conrelid::int8::text AS oid, o.conname::text AS name, o.contype::text AS kind,
    ${names("o.conrelid", "o.conkey")} AS columns, pn.nspname::text AS "parentSchema", p.relname::text AS parent,
    ${names("o.confrelid", "o.confkey")} AS "parentColumns", o.confupdtype::text AS "onUpdate", o.confdeltype::text AS "onDelete",
    o.confmatchtype::text AS match, o.condeferrable AS deferrable, o.condeferred AS deferred, o.convalidated AS validated,
    coalesce((to_jsonb(o)->>'conenforced')::bool, true) AS enforced, coalesce((to_jsonb(o)->>'conperiod')::bool, false) AS period,
    nullif(to_jsonb(o)->'confdelsetcols', 'null') IS NOT NULL AS "someColumns",
    CASE WHEN o.contype = 'c' THEN pg_get_expr(o.conbin, o.conrelid) END AS expression, pg_get_constraintdef(o.oid) AS definition,
    coalesce((to_jsonb(i)->>'indnullsnotdistinct')::bool, false) OR i.indnatts > i.indnkeyatts AS special,
    CASE WHEN o.contype IN ('p', 'u') THEN pg_get_indexdef(i.indexrelid) END AS index
  FROM pg_constraint o LEFT JOIN pg_class p ON p.oid = o.confrelid LEFT JOIN pg_namespace pn ON pn.oid = p.relnamespace
    LEFT JOIN pg_index i ON i.indexrelid = o.conindid AND o.contype <> 'f'
  WHERE o.conrelid = ANY($1::oid[]) AND o.contype IN ('p', 'u', 'f', 'c', 'x') AND NOT (o.contype = 'f' AND o.conparentid <> 0)
  ORDER BY o.conrelid, o.conname COLLATE "C"`;

export type ConstraintRow = {
  readonly oid: string;
  readonly name: string;
  readonly kind: "p" | "u" | "f" | "c" | "x";
  readonly columns: readonly string[] | null;
  readonly parentSchema: string | null;
  readonly parent: string | null;
  readonly parentColumns: readonly string[] | null;
  readonly onUpdate: string;
  readonly onDelete: string;
  readonly match: string;
  readonly deferrable: boolean;
  readonly deferred: boolean;
  readonly validated: boolean;
  readonly enforced: boolean;
  readonly period: boolean;
  readonly someColumns: boolean;
  readonly expression: string | null;
  readonly definition: string;
  readonly special: boolean | null;
  readonly index: string | null;
};

export const indexesSql = `SELECT i.indrelid::int8::text AS oid, x.relname::text AS name, i.indisunique AS unique,
    pg_get_expr(i.indpred, i.indrelid) AS where, pg_get_indexdef(i.indexrelid) AS sql,
    (SELECT json_agg(json_build_object('column', a.attname, 'expression', CASE WHEN k.num = 0 THEN pg_get_indexdef(i.indexrelid, k.nth::int, false) END,
        'descending', coalesce(pg_index_column_has_property(i.indexrelid, k.nth::int, 'desc'), false)) ORDER BY k.nth)
       FROM unnest(i.indkey) WITH ORDINALITY k(num, nth) LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num AND k.num > 0
      WHERE k.nth <= i.indnkeyatts) AS parts
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
  WHERE i.indrelid = ANY($1::oid[]) AND i.indisvalid AND i.indislive
    AND NOT EXISTS (SELECT 1 FROM pg_constraint o WHERE o.conindid = i.indexrelid AND o.contype IN ('p', 'u', 'x'))
  ORDER BY i.indrelid, x.relname COLLATE "C"`;

export type IndexRow = {
  readonly oid: string;
  readonly name: string;
  readonly unique: boolean;
  readonly where: string | null;
  readonly sql: string;
  readonly parts: readonly {
    readonly column: string | null;
    readonly expression: string | null;
    readonly descending: boolean;
  }[];
};

export const triggersSql = `SELECT c.relname::text AS table, t.tgname::text AS name, pg_get_triggerdef(t.oid) AS sql
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  WHERE t.tgrelid = ANY($1::oid[]) AND NOT t.tgisinternal AND t.tgparentid = 0 ORDER BY 1, 2`;

export type TriggerRow = { readonly table: string; readonly name: string; readonly sql: string };

export const commentsSql = `SELECT c.relname::text AS table, a.attname::text AS column, d.description AS text
  FROM pg_description d JOIN pg_class c ON c.oid = d.objoid LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
  WHERE d.classoid = 'pg_class'::regclass AND d.objoid = ANY($1::oid[]) ORDER BY 1, d.objsubid`;

export type CommentRow = { readonly table: string; readonly column: string | null; readonly text: string };

/** `$1`: oids of domains. */
export const domainsSql = `SELECT t.oid::int8::text AS oid, t.typname::text AS name, o.conname::text AS check, pg_get_constraintdef(o.oid) AS definition
  FROM pg_type t LEFT JOIN pg_constraint o ON o.contypid = t.oid AND o.contype = 'c' WHERE t.oid = ANY($1::oid[]) ORDER BY 1, 3`;

export type DomainRow = {
  readonly oid: string;
  readonly name: string;
  readonly check: string | null;
  readonly definition: string | null;
};

/** Types of any schema but the server's own, for expressions that name them. */
export const typesSql = `SELECT n.nspname::text AS schema, t.typname::text AS name, t.typtype::text AS kind,
    CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS base,
    (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE t.typtype IN ('e', 'd', 'r', 'c') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND NOT EXISTS (SELECT 1 FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c') AND NOT ${ofExtension("pg_type", "t.oid")}
  ORDER BY 1, 2`;

export type TypeRow = {
  readonly schema: string;
  readonly name: string;
  readonly kind: "e" | "d" | "r" | "c";
  readonly base: string | null;
  readonly labels: readonly string[] | null;
};

/** `$1`: the schema; functions and policies that belong to it. */
export const routinesSql = `SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END || ' ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS object
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $1 AND NOT ${ofExtension("pg_proc", "p.oid")} ORDER BY 1`;

export const policiesSql = `SELECT c.relname::text AS table, p.polname::text AS name FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
  WHERE p.polrelid = ANY($1::oid[]) ORDER BY 1, 2`;

export const rulesSql = `SELECT c.relname::text AS table, r.rulename::text AS name FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
  WHERE r.ev_class = ANY($1::oid[]) AND r.rulename <> '_RETURN' ORDER BY 1, 2`;

/** By CREATE STATISTICS. */
export const statisticsSql = `SELECT c.relname::text AS table, s.stxname::text AS name FROM pg_statistic_ext s JOIN pg_class c ON c.oid = s.stxrelid
  WHERE s.stxrelid = ANY($1::oid[]) ORDER BY 1, 2`;

/** `$1`: oids of sequences. The last value is NULL while it was never used, or may not be read. */
export const sequencesSql = `SELECT s.seqrelid::int8::text AS oid, s.seqincrement::text AS increment, s.seqstart::text AS start,
    pg_sequence_last_value(s.seqrelid)::text AS last, has_sequence_privilege(s.seqrelid, 'SELECT') OR has_sequence_privilege(s.seqrelid, 'USAGE') AS readable,
    format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE s.seqrelid = ANY($1::oid[])`;

export type SequenceRow = {
  readonly oid: string;
  readonly increment: string;
  readonly start: string;
  readonly last: string | null;
  readonly readable: boolean;
  readonly name: string;
};
