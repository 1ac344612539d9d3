/** One statement against a server, read-only, for a person to look at the result. */
import { inTransaction, openPool } from "../connectors/postgres/transaction.ts";
import { parseTarget } from "../connectors/postgres/url.ts";
import { RowhaulError } from "../core/errors.ts";

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
        const result = await client
          .query({ text: sql, rowMode: "array", types: { getTypeParser: () => (value: unknown) => value } })
          .catch((thrown: unknown) => {
            throw queryFailed(thrown);
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

/** What the server says of the statement; a connection that broke meanwhile is another matter. */
function queryFailed(thrown: unknown): unknown {
  const {
    severity,
    code = "",
    detail,
    hint,
  } = thrown as { [part in "severity" | "code" | "detail" | "hint"]?: string };
  if (severity === undefined || /^(08|57P)/.test(code)) return thrown;
  return new RowhaulError("QUERY_FAILED", `The statement failed: ${(thrown as Error).message} (SQLSTATE ${code}).`, {
    details: [detail, hint].filter((line) => line !== undefined),
    cause: thrown,
    ...(code === "25006" ? { hint: "`rowhaul query` only reads; `rowhaul up` prints a URL for psql." } : {}),
  });
}
