/** Conditions on pg_trigger that several readers share. */

/** Of a person's making, or a clone of such a one in a partition: not what foreign keys and deferred keys are made of. */
export function isMade(trigger: string): string {
  return `NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.oid = ${trigger}.tgconstraint AND k.contype <> 't')`;
}

/** Whether a schema holds rowhaul's search functions: the mark is left when they are installed. */
export function isSearchSchema(namespace: string): string {
  return `coalesce(pg_catalog.obj_description(${namespace}, 'pg_namespace') LIKE 'search functions of rowhaul, %', false)`;
}

/** Calls a function that rowhaul installed, to keep a search index of its own. */
export function isOurs(trigger: string): string {
  return `(SELECT ${isSearchSchema("f.pronamespace")} FROM pg_catalog.pg_proc f WHERE f.oid = ${trigger}.tgfoid)`;
}

/**
 * Tables by `part`, their partitions among them, and the table asked for by `oid` and `relname`. A table that is a
 * partition itself and was asked for stands for itself as well.
 */
export const partsOf = (condition: string): string => `
  own AS (SELECT c.oid, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND ${condition}),
  parts AS (SELECT oid AS part, 0 AS level, oid, relname FROM own
            UNION SELECT p.relid, p.level, own.oid, own.relname FROM own, pg_catalog.pg_partition_tree(own.oid) p)`;
