/** Before-images: the rows that the switch overwrites or deletes, whole, in the aside schema. */

import type { Plan } from "../../../core/plan/plan.ts";
import { qualified, quoteName } from "../../../core/quote.ts";
import type { Client } from "../../../postgres/transaction.ts";
import type { MatchedTable } from "./match.ts";
import { sameKey } from "./same-key.ts";

/** Live tables with images. */
export async function keepImages(client: Client, { target }: Plan, tables: readonly MatchedTable[]): Promise<string[]> {
  const overwritten = tables.filter(isOverwritten);
  if (overwritten.length === 0) return [];
  if (target.aside === null) throw new Error("a plan that overwrites rows names a schema to keep them in");
  await client.query(`CREATE SCHEMA ${quoteName(target.aside)}`);
  for (const table of overwritten)
    await client.query(
      `CREATE TABLE ${qualified(target.aside, table.live.name)} AS SELECT l.* FROM ${table.relation} l WHERE ${table.mode === "replace" ? "true" : `EXISTS (SELECT FROM ${table.staged} s WHERE ${sameKey(table)})`}`,
    );
  return overwritten.map(({ live }) => live.name);
}

export function isOverwritten({ mode }: MatchedTable): boolean {
  return mode === "merge" || mode === "replace";
}
