/** How many rows tables hold, by name. */
import { qualified } from "./quote.ts";
import { inTransaction, type Pool } from "./transaction.ts";

export async function countRows(
  pool: Pool,
  schema: string,
  tables: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  return inTransaction(
    pool,
    `counting rows of schema ${schema}`,
    async (client) => {
      const counts = new Map<string, number>();
      for (const table of tables) {
        const { rows } = await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${qualified(schema, table)}`);
        counts.set(table, Number(rows[0]?.n ?? 0));
      }
      return counts;
    },
    "BEGIN READ ONLY",
  );
}
