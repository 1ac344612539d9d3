/** Rows from staging into a live table, whose types staging has: nothing is cast. */

import { plural } from "../../../core/messages/count.ts";
import { RowhaulError } from "../../../core/messages/errors.ts";
import { acceptLines } from "../../../core/messages/yaml-text.ts";
import type { TablePlan } from "../../../core/plan/plan.ts";
import { quoteName } from "../../../core/quote.ts";
import type { Client } from "../../../postgres/transaction.ts";
import { failing, startOver } from "./failing.ts";
import type { MatchedTable } from "./match.ts";

/** Triggers fire as for any INSERT. `group`: tables that wait for each other. Throws CONSTRAINT_VIOLATED naming table and key. */
export async function insertRows(client: Client, group: readonly MatchedTable[]): Promise<void> {
  await together(
    client,
    group,
    insertSql,
    (table) => `putting the rows of ${table.plan.source} into ${table.live.name}`,
  );
}

/** Throws TARGET_MISMATCH when a trigger or a rule of the application's has kept rows. */
export async function deleteRows(client: Client, group: readonly MatchedTable[]): Promise<void> {
  await together(
    client,
    group,
    ({ relation }) => `DELETE FROM ${relation}`,
    ({ live }) => `emptying ${live.name}`,
  );
  for (const { relation, live, plan } of group) {
    const { rows } = await client.query<{ left: string }>(
      `SELECT count(*) AS left FROM ${relation} HAVING count(*) > 0`,
    );
    if (rows[0] === undefined) continue;
    throw new RowhaulError(
      "TARGET_MISMATCH",
      `${live.name} was to be emptied, and ${plural(Number(rows[0].left), "row is", "rows are")} still there: a trigger or a rule of the table keeps them.`,
      {
        place: { table: plan.source },
        ...leftHint(plan),
      },
    );
  }
}

/** Lines only for what the plan lets fire: a rule, or the trigger of another table, no entry names. */
function leftHint({ source, triggers }: TablePlan): { readonly hint: string; readonly paste: readonly string[] } {
  const kept = (triggers?.keep ?? []).map((name) => `${source}.${name}`);
  const paste = acceptLines("TRIGGER_FIRES", "object", "disable", kept);
  const switched = paste.length === 0 ? "" : ", or switch the trigger off while the rows go in by the printed lines";
  return { hint: `Say \`existing: merge\` or \`append\` for the table${switched}; ${startOver}`, paste };
}

/** One statement for all: the server looks at foreign keys when it ends, and each row's triggers fire once. */
export async function together(
  client: Client,
  group: readonly MatchedTable[],
  statement: (table: MatchedTable) => string,
  doing: (table: MatchedTable) => string,
): Promise<void> {
  const [first, ...more] = group;
  if (first === undefined) return;
  if (more.length === 0) {
    await failing(first, doing(first), () => client.query(statement(first)));
    return;
  }
  const parts = group.map((table, i) => `rowhaul_${i} AS (${statement(table)})`);
  await failing(first, group.map(doing).join(", "), () => client.query(`WITH ${parts.join(", ")} SELECT 1`));
}

function insertSql(table: MatchedTable): string {
  const { written, staged, mode } = table;
  const names = written.map((column) => quoteName(column.live.name));
  if (names.length === 0) return `INSERT INTO ${target(table)} SELECT FROM ${staged} s`;
  const values = written.map(({ plan }) => `s.${quoteName(plan.target)}`);
  const conflict = mode === "merge" ? ` ${onConflict(table)}` : "";
  // An explicit value is the row's own, whatever the identity says.
  return `INSERT INTO ${target(table)} (${names.join(", ")}) OVERRIDING SYSTEM VALUE SELECT ${values.join(", ")} FROM ${staged} s${conflict}`;
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
