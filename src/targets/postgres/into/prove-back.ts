/** A rollback is proven before it is committed: a rule or trigger of the application's may have kept or changed rows. */

import { RowhaulError } from "../../../core/messages/errors.ts";
import type { Plan } from "../../../core/plan/plan.ts";
import { qualified, quoteName } from "../../../core/quote.ts";
import type { Client } from "../../../postgres/transaction.ts";
import type { MatchedTable } from "./match.ts";
import type { IntoRecord } from "./mode.ts";
import { hasKey } from "./same-key.ts";

/** `leaving`: which rows `l` had to go. Throws ROLLBACK_REFUSED; nothing is changed then. */
export async function proveBack(
  client: Client,
  { target }: Plan,
  table: MatchedTable,
  record: IntoRecord,
  leaving: string,
): Promise<void> {
  const { live, relation, mode } = table;
  if (mode !== "replace" && hasKey(table)) {
    const left = await client.query(`SELECT 1 FROM ${relation} l WHERE ${leaving} LIMIT 1`);
    if (left.rows.length > 0) throw refused(live.name, "rows that came with the switch are still there");
  }
  if (target.aside === null || !record.images.includes(live.name)) return;
  const image = qualified(target.aside, live.name);
  const { rows } = await client.query<{ name: string }>(
    "SELECT attname::text AS name FROM pg_catalog.pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped",
    [image],
  );
  const kept = new Set(rows.map(({ name }) => name));
  const columns = live.columns.filter(({ name, generated }) => kept.has(name) && !generated);
  const texts = (alias: string): string =>
    columns
      .map(({ name }) => `format('%s', ${alias}.${quoteName(name)}) COLLATE "C", ${alias}.${quoteName(name)} IS NULL`)
      .join(", ");
  const compare = (left: string, right: string): string => `SELECT 1 FROM (${left} EXCEPT ALL ${right}) d LIMIT 1`;
  const [images, lives] = [`SELECT ${texts("i")} FROM ${image} i`, `SELECT ${texts("l")} FROM ${relation} l`];
  const missing = await client.query(compare(images, lives));
  if (missing.rows.length > 0) throw refused(live.name, "rows that were there before did not come back as they were");
  if (mode !== "replace") return;
  const surplus = await client.query(compare(lives, images));
  if (surplus.rows.length > 0) throw refused(live.name, "rows are there that were not there before");
}

function refused(table: string, what: string): RowhaulError {
  return new RowhaulError(
    "ROLLBACK_REFUSED",
    `The rollback of ${table} would not be exact: ${what}. Nothing was changed.`,
    {
      place: { table },
      hint: `Look at the rules and triggers of ${table}: disable them, or roll back as the table's owner, and try again.`,
    },
  );
}
