/** How many rows tables hold, by name. */
import { qualified } from "../../core/quote.ts";
import type { LiveTable } from "../../core/schema/live-schema.ts";
import { inTransaction, type Pool } from "../../postgres/transaction.ts";

export async function countRows(
  pool: Pool,
  schema: string,
  tables: readonly Pick<LiveTable, "name" | "kind">[],
): Promise<ReadonlyMap<string, number>> {
  return inTransaction(
    pool,
    `counting rows of schema ${schema}`,
    async (client) => {
      const counts = new Map<string, number>();
      for (const { name, kind } of tables) {
        // Tables that inherit from it are others, as for the rows that go in.
        const from = `${kind === "table" ? "ONLY " : ""}${qualified(schema, name)}`;
        const { rows } = await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${from}`);
        counts.set(name, Number(rows[0]?.n ?? 0));
      }
      return counts;
    },
    { begin: "read-only" },
  );
}
