/** One statement against a server, read-only, for a person to look at the result. */

import { cleaningUp } from "../core/messages/clean-up.ts";
import { RowhaulError } from "../core/messages/errors.ts";
import { asTheApplication } from "../core/pinned-settings.ts";
import { openPool } from "../postgres/pool.ts";
import { inTransaction } from "../postgres/transaction.ts";
import { parseTarget } from "../postgres/url.ts";

export type QueryResult = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
};

/** Values as PostgreSQL writes them. */
export async function queryDatabase(url: string, sql: string): Promise<QueryResult> {
  const pool = openPool(parseTarget(url), 1);
  return cleaningUp(
    async () => {
      return await inTransaction(
        pool,
        "running the query",
        async (client) => {
          await client.query(`SET LOCAL search_path = public; ${asTheApplication}`);
          // Of several statements the first could end the transaction that changes nothing: this way takes only one.
          const asText = { getTypeParser: () => (value: unknown) => value };
          const one = { text: sql, rowMode: "array" as const, queryMode: "extended", types: asText };
          const { fields, rows } = await client.query(one).catch((thrown: unknown) => {
            throw queryFailed(thrown);
          });
          return { columns: fields.map((field) => field.name), rows: rows as unknown as (string | null)[][] };
        },
        { begin: "read-only" },
      );
    },
    () => pool.end(),
  );
}

/** What the server says of the statement; a connection that broke meanwhile is another matter. */
function queryFailed(thrown: unknown): unknown {
  const { severity, code = "", detail, hint, routine } = thrown as Partial<Record<Part, string>>;
  if (severity === undefined || /^(08|57P)/.test(code)) return thrown;
  // Its message may be in any language; the place in the server's source is not.
  if (code === "42601" && routine === "exec_parse_message")
    return new RowhaulError("QUERY_FAILED", "The text holds several statements, and `rowhaul query` runs one.", {
      hint: `Give one statement at a time. ${otherwise}`,
      cause: thrown,
    });
  return new RowhaulError("QUERY_FAILED", `The statement failed: ${(thrown as Error).message} (SQLSTATE ${code}).`, {
    details: [detail, hint].filter((line) => line !== undefined),
    cause: thrown,
    ...(code === "25006" ? { hint: `\`rowhaul query\` only reads. ${otherwise}` } : {}),
  });
}

type Part = "severity" | "code" | "detail" | "hint" | "routine";

const otherwise = "For anything else give the server's URL to psql; `rowhaul up` prints that of the embedded one.";
