/**
 * Images must come back as they were: a trigger that sets `updated_at` would make them
 * others. Only a table's owner may switch triggers off; for anybody else they fire.
 */
import { qualified, quoteName } from "../quote.ts";
import type { Client } from "../transaction.ts";

export async function withoutTriggers(
  client: Client,
  schema: string,
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const { rows } = await client.query<{ table: string; trigger: string; always: boolean }>(
    `SELECT c.relname::text AS table, g.tgname::text AS trigger, g.tgenabled = 'A' AS always
       FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname = ANY($2::text[]) AND NOT g.tgisinternal AND g.tgenabled IN ('O', 'A')
        AND pg_catalog.pg_has_role(c.relowner, 'USAGE')`,
    [schema, tables],
  );
  for (const { table, trigger } of rows)
    await client.query(`ALTER TABLE ${qualified(schema, table)} DISABLE TRIGGER ${quoteName(trigger)}`);
  await work();
  for (const { table, trigger, always } of rows)
    await client.query(
      `ALTER TABLE ${qualified(schema, table)} ENABLE ${always ? "ALWAYS " : ""}TRIGGER ${quoteName(trigger)}`,
    );
}
