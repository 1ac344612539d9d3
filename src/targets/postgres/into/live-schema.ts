/** Reads the application's schema in the target for the planner. */
import { qualified } from "../../../core/quote.ts";
import type { LiveSchema, LiveTable } from "../../../core/schema/live-schema.ts";
import { parseType } from "../../../live-types/parse-type.ts";
import { targetError } from "../../../postgres/errors.ts";
import type { Client } from "../../../postgres/transaction.ts";
import { schemaDigests } from "./schema-digest.ts";
import { unownedSequences } from "./sequences/unowned-sequences.ts";
import { countWrites } from "./triggers/count-writes.ts";
import { readLiveTriggers } from "./triggers/live-triggers.ts";
import { uniqueKeysSql } from "./unique-keys.ts";

type Row = Omit<LiveTable, "columns" | "hasRows" | "digest" | "triggers"> & {
  readonly columns: readonly (Omit<LiveTable["columns"][number], "type"> & {
    readonly written: string;
    readonly over: string;
    readonly domain: boolean;
  })[];
  readonly readable: boolean;
};

/** Needs the empty search_path of our transactions: types carry their schemas then. */
export async function readLiveSchema(client: Client, schema: string): Promise<LiveSchema> {
  const { rows } = await client.query<Row>(tablesSql, [schema]);
  const digests = await schemaDigests(client, schema);
  const names = rows.map(({ name }) => name);
  const unowned = await unownedSequences(client, schema, names);
  const triggers = await readLiveTriggers(client, schema, names);
  const sequences = unowned.map(({ sequence, table, column }) => ({ name: sequence, table, column }));
  const tables: LiveTable[] = [];
  for (const { readable, columns, ...table } of rows)
    tables.push({
      ...table,
      columns: columns.map(({ written, over, domain, ...column }) => ({
        ...column,
        type: parseType(written, over, domain),
      })),
      hasRows: readable && (await hasRows(client, schema, table)),
      triggers: triggers.get(table.name) ?? [],
      digest: digests.get(table.name) ?? "",
    });
  const countsWrites = await countWrites(client);
  return { schema, tables, mayAsk: await mayMakeTemporary(client), countsWrites, sequences };
}

/** A domain may be over a domain; the modifier stands with the innermost. */
const tablesSql = `
WITH RECURSIVE over(oid, base, typmod, depth) AS (
  SELECT oid, oid, -1, 0 FROM pg_catalog.pg_type WHERE typtype <> 'd' OR typbasetype <> 0
  UNION ALL SELECT o.oid, t.typbasetype, t.typtypmod, o.depth + 1 FROM over o JOIN pg_catalog.pg_type t ON t.oid = o.base WHERE t.typtype = 'd'),
innermost AS (SELECT DISTINCT ON (oid) oid, base, typmod FROM over ORDER BY oid, depth DESC)
SELECT c.relname::text AS name,
       CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END AS kind,
       has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid) AND c.relkind IN ('r', 'p') AS readable,
       coalesce((SELECT json_agg(json_build_object(
           'name', a.attname, 'written', format_type(a.atttypid, a.atttypmod),
           'over', CASE WHEN t.typtype = 'd' THEN format_type(i.base, i.typmod) ELSE format_type(a.atttypid, a.atttypmod) END,
           'domain', t.typtype = 'd',
           'notNull', a.attnotnull OR (t.typtype = 'd' AND t.typnotnull),
           'default', CASE WHEN a.attgenerated = '' THEN coalesce(pg_get_expr(f.adbin, f.adrelid), t.typdefault) END,
           'collation', CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
           'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END,
           'generated', a.attgenerated <> '') ORDER BY a.attnum)
         FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid JOIN innermost i ON i.oid = t.oid
         LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]') AS columns,
       coalesce((SELECT json_agg(a.attname ORDER BY k.n) FROM unnest(p.conkey) WITH ORDINALITY AS k (attnum, n)
                   JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum), '[]') AS key,
       ${uniqueKeysSql("c.oid")} AS uniques,
       coalesce((SELECT json_agg(json_build_object('name', x.conname,
           'parent', CASE WHEN r.relnamespace = c.relnamespace THEN r.relname ELSE format('%s.%s', r.relnamespace::regnamespace, r.relname) END,
           'columns', (SELECT json_agg(a.attname ORDER BY k.n) FROM unnest(x.conkey) WITH ORDINALITY AS k (attnum, n)
                         JOIN pg_catalog.pg_attribute a ON a.attrelid = x.conrelid AND a.attnum = k.attnum),
           'parentColumns', (SELECT json_agg(a.attname ORDER BY k.n) FROM unnest(x.confkey) WITH ORDINALITY AS k (attnum, n)
                         JOIN pg_catalog.pg_attribute a ON a.attrelid = x.confrelid AND a.attnum = k.attnum)) ORDER BY x.conname)
         FROM pg_catalog.pg_constraint x JOIN pg_catalog.pg_class r ON r.oid = x.confrelid
        WHERE x.conrelid = c.oid AND x.contype = 'f' AND coalesce((to_jsonb(x)->>'conenforced')::boolean, true)
          -- Not those that PostgreSQL keeps besides for each partition of the parent.
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint whole WHERE whole.oid = x.conparentid AND whole.conrelid = x.conrelid)), '[]') AS "foreignKeys"
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_constraint p ON p.conrelid = c.oid AND p.contype = 'p'
 WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1`;

async function hasRows(
  client: Client,
  schema: string,
  { name, kind }: Pick<LiveTable, "name" | "kind">,
): Promise<boolean> {
  try {
    const { rows } = await client.query(
      `SELECT 1 FROM ${kind === "table" ? "ONLY " : ""}${qualified(schema, name)} LIMIT 1`,
    );
    return rows.length > 0;
  } catch (thrown) {
    throw targetError(thrown, `waiting for the lock on ${name}`, { table: name });
  }
}

async function mayMakeTemporary(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(
    "SELECT has_database_privilege(current_database(), 'TEMPORARY') AS may",
  );
  return rows[0]?.may === true;
}
