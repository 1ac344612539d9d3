import type { Plan } from "../../../core/plan/plan.ts";
import { qualified } from "../../../core/quote.ts";
import type { Client } from "../../../postgres/transaction.ts";

/**
 * A digest of where each row version is and which transaction wrote it: any insert, update or delete
 * changes it, and it costs one scan without reading a value.
 */
export async function tableDigests(client: Client, schema: string, plan: Plan): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  const names = plan.tables.map(({ target }) => target);
  for (let i = 0; i < names.length; i += together) {
    const some = names.slice(i, i + together);
    const { rows } = await client.query<{ i: number; digest: string }>(
      some
        .map((name, i) => `SELECT ${i} AS i, ${digestOf} AS digest FROM ${qualified(schema, name)} t`)
        .join(" UNION ALL "),
    );
    for (const { i, digest } of rows) digests[some[i] ?? ""] = digest;
  }
  return digests;
}

/** Tables to a statement. */
const together = 50;

const digestOf = "count(*) || ':' || coalesce(sum(hashtextextended(t.ctid::text || ',' || t.xmin::text, 0)), 0)";
