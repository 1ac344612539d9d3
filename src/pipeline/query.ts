/** One statement against a server, read-only, for a person to look at the result. */
import { inTransaction, openPool } from "../connectors/postgres/transaction.ts";
import { parseTarget } from "../connectors/postgres/url.ts";

export type QueryResult = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
};

/** Values as PostgreSQL writes them. */
export async function queryDatabase(url: string, sql: string): Promise<QueryResult> {
  const pool = openPool(parseTarget(url), 1);
  try {
    return await inTransaction(
      pool,
      "running the query",
      async (client) => {
        await client.query("SET LOCAL search_path = public");
        const result = await client.query({
          text: sql,
          rowMode: "array",
          types: { getTypeParser: () => (value: unknown) => value },
        });
        const last = Array.isArray(result) ? (result.at(-1) as typeof result) : result;
        return { columns: last.fields.map((field) => field.name), rows: last.rows as unknown as (string | null)[][] };
      },
      "BEGIN READ ONLY",
    );
  } finally {
    await pool.end();
  }
}
