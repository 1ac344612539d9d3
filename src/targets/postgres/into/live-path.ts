/**
 * While the application's tables are written its triggers, checks and operators must find what they name without a
 * schema, as when the application writes: the target schema, then what role and database are set to; and so for the
 * words of a text. Our own SQL is qualified all the same.
 */
import { quoteName } from "../../../core/quote.ts";
import type { Client } from "../../../postgres/transaction.ts";

/** Runs `work` under that search_path, and puts back what our transactions have (core/pinned-settings.ts). */
export async function withLivePath<T>(client: Client, schema: string, work: () => Promise<T>): Promise<T> {
  await client.query("SET LOCAL search_path TO DEFAULT; SET LOCAL default_text_search_config TO DEFAULT");
  const { rows } = await client.query<{ path: string; types: string[] }>(
    `SELECT current_setting('search_path') AS path,
            coalesce((SELECT array_agg(DISTINCT t.nspname::text) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
               JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
               JOIN pg_catalog.pg_type y ON y.oid = a.atttypid JOIN pg_catalog.pg_namespace t ON t.oid = y.typnamespace
              WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND t.nspname <> 'pg_catalog'), '{}') AS types`,
    [schema],
  );
  const [found] = rows;
  // Operators of an extension's type stand in the schema of the type.
  const parts = [
    quoteName(schema),
    ...(found?.path ? [found.path] : []),
    ...(found?.types ?? []).map(quoteName),
    "pg_temp",
  ];
  await client.query("SELECT set_config('search_path', $1, true)", [parts.join(", ")]);
  const result = await work();
  await client.query("SET LOCAL search_path = ''; SET LOCAL default_text_search_config = 'pg_catalog.simple'");
  return result;
}
