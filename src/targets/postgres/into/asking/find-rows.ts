/** Rows of a live table that have keys of the source's, by the key's own operators. */

import type { FindQuestion, Met } from "../../../../core/plan/live-fit.ts";
import { qualified, quoteName } from "../../../../core/quote.ts";
import type { LiveTable } from "../../../../core/schema/live-schema.ts";
import type { Client } from "../../../../postgres/transaction.ts";
import { withLivePath } from "../live-path.ts";

/** A key that its type does not read meets no row; where a cell is not read, all rows count as others. */
export async function find(client: Client, schema: string, live: LiveTable, question: FindQuestion): Promise<Met[]> {
  const found = await attempt(client, schema, () => ask(client, schema, live, question));
  if (found !== null || question.compared.length === 0) return found ?? [];
  const plain = { ...question, compared: [] };
  const rows = (await attempt(client, schema, () => ask(client, schema, live, plain))) ?? [];
  return rows.map((row) => ({ ...row, same: false }));
}

async function attempt<T>(client: Client, schema: string, work: () => Promise<T>): Promise<T | null> {
  await client.query("SAVEPOINT asking");
  try {
    const result = await withLivePath(client, schema, work);
    await client.query("RELEASE SAVEPOINT asking");
    return result;
  } catch {
    await client.query("ROLLBACK TO SAVEPOINT asking");
    return null;
  }
}

async function ask(
  client: Client,
  schema: string,
  live: LiveTable,
  { key, keys, id, compared, cells }: FindQuestion,
): Promise<Met[]> {
  const typeOf = (name: string): string => live.columns.find((column) => column.name === name)?.type.written ?? "text";
  const names = [...key.map((_, i) => `k${i}`), ...compared.map((_, i) => `c${i}`), "read"];
  const lists = [...key.map(() => "text[]"), ...compared.map(() => "text[]"), "boolean[]"];
  const same = compared.map((name, i) => {
    const [mine, theirs] = [`u.c${i}`, `l.${quoteName(name)}`];
    // As the type writes it: json has no equality, and in a citext Foo is not foo.
    return `CASE WHEN ${mine} IS NULL OR ${theirs} IS NULL THEN ${mine} IS NULL AND ${theirs} IS NULL
      ELSE pg_catalog.format('%s', ${theirs}) = pg_catalog.format('%s', ${mine}::${typeOf(name)}) END`;
  });
  const { rows } = await client.query<{ n: string; id: string | null; same: boolean }>(
    `SELECT u.n, ${id === null ? "NULL" : `pg_catalog.format('%s', l.${quoteName(id)})`} AS id, ${["u.read", ...same].join(" AND ")} AS same
       FROM unnest(${lists.map((list, i) => `$${i + 1}::${list}`).join(", ")}) WITH ORDINALITY u (${names.join(", ")}, n)
       JOIN ${live.kind === "table" ? "ONLY " : ""}${qualified(schema, live.name)} l ON ${key.map((name, i) => `l.${quoteName(name)} = u.k${i}::${typeOf(name)}`).join(" AND ")}`,
    [
      ...key.map((_, i) => keys.map((texts) => texts[i] ?? "")),
      ...compared.map((_, i) => keys.map((__, row) => cells[row]?.[i] ?? null)),
      keys.map((_, row) => compared.length === 0 || cells[row] != null),
    ],
  );
  return rows.map(({ n, id: text, same: equal }) => ({ at: Number(n) - 1, id: text, same: equal }));
}
