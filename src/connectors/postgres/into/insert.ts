/** Rows from staging into a live table, whose types staging has: nothing is cast. */
import { quoteName } from "../quote.ts";
import type { Client } from "../transaction.ts";
import { failing } from "./failing.ts";
import type { MatchedTable } from "./match.ts";

/** Triggers fire as for any INSERT. Throws CONSTRAINT_VIOLATED naming table and key. */
export async function insertRows(client: Client, table: MatchedTable): Promise<void> {
  const { live, written, staged, mode } = table;
  const names = written.map((column) => quoteName(column.live.name));
  const values = written.map(({ plan }) => `s.${quoteName(plan.target)}`);
  const conflict = mode === "merge" ? ` ${onConflict(table)}` : "";
  // An explicit value is the row's own, whatever the identity says.
  const sql =
    names.length === 0
      ? `INSERT INTO ${target(table)} SELECT FROM ${staged} s`
      : `INSERT INTO ${target(table)} (${names.join(", ")}) OVERRIDING SYSTEM VALUE SELECT ${values.join(", ")} FROM ${staged} s${conflict}`;
  await failing(table, `putting the rows of ${table.plan.source} into ${live.name}`, () => client.query(sql));
}

export async function deleteRows(client: Client, table: MatchedTable): Promise<void> {
  await failing(table, `emptying ${table.live.name}`, () => client.query(`DELETE FROM ${table.relation}`));
}

/** INSERT knows no ONLY. */
export function target({ relation }: MatchedTable): string {
  return relation.replace(/^ONLY /, "");
}

/** The key is written with the rest: equal keys may be spelled otherwise, and it is the source's spelling that is to arrive. */
function onConflict({ live, written }: MatchedTable): string {
  // An identity that is always the server's takes a value with a new row only; the proof sees whether it agrees.
  const set = written
    .filter((column) => column.live.identity !== "always")
    .map((column) => `${quoteName(column.live.name)} = EXCLUDED.${quoteName(column.live.name)}`);
  const key = live.key.map(quoteName).join(", ");
  return `ON CONFLICT (${key}) DO ${set.length === 0 ? "NOTHING" : `UPDATE SET ${set.join(", ")}`}`;
}
