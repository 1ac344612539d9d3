import type { Plan } from "../../../core/plan/plan.ts";
import { qualified } from "../../../core/quote.ts";
import type { Client } from "../../../postgres/transaction.ts";

/**
 * A digest of where each row version is and which transaction wrote it: any insert, update or delete
 * changes it, and it costs one scan without reading a value.
 */
export async function tableDigests(client: Client, schema: string, plan: Plan): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const table of plan.tables) {
    const { rows } = await client.query(
      `SELECT count(*) || ':' || coalesce(sum(hashtextextended(t.ctid::text || ',' || t.xmin::text, 0)), 0) AS digest FROM ${qualified(schema, table.target)} t`,
    );
    digests[table.target] = rows[0].digest;
  }
  return digests;
}
