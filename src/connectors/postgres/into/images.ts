/** Before-images: the rows that the switch overwrites or deletes, whole, in the aside schema. */
import type { Plan } from "../../../core/plan.ts";
import { qualified, quoteName } from "../quote.ts";
import type { Client } from "../transaction.ts";
import type { MatchedTable } from "./match.ts";
import type { IntoMode } from "./mode.ts";
import { sameKey } from "./same-key.ts";

/** Rows kept, by live table. */
export async function keepImages(
  client: Client,
  { target }: Plan,
  tables: readonly MatchedTable[],
  mode: IntoMode,
): Promise<Map<string, number>> {
  const images = new Map<string, number>();
  if (mode === "append" || tables.length === 0) return images;
  if (target.aside === null) throw new Error("a plan that overwrites rows names a schema to keep them in");
  await client.query(`CREATE SCHEMA ${quoteName(target.aside)}`);
  for (const table of tables) {
    const { rowCount } = await client.query(
      `CREATE TABLE ${qualified(target.aside, table.live.name)} AS SELECT l.* FROM ${table.relation} l WHERE ${mode === "replace" ? "true" : `EXISTS (SELECT FROM ${table.staged} s WHERE ${sameKey(table)})`}`,
    );
    images.set(table.live.name, rowCount ?? 0);
  }
  return images;
}
