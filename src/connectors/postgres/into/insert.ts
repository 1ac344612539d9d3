/** Rows from staging into a live table, converted to its types. */
import { RowhaulError } from "../../../core/errors.ts";
import { quoteName } from "../quote.ts";
import type { Client } from "../transaction.ts";
import { failing } from "./failing.ts";
import type { MatchedTable } from "./match.ts";
import type { IntoMode } from "./mode.ts";

/** Throws VALIDATION_FAILED, naming column and value, when a live type would cut or round a value. */
export async function checkKept(client: Client, table: MatchedTable): Promise<void> {
  for (const { plan, live, conversion } of table.written) {
    if (conversion.kept === null) continue;
    const value = `s.${quoteName(plan.target)}`;
    const doing = `converting ${table.live.name}.${live.name} from ${plan.pgType} to ${live.type}`;
    const { rows } = await failing(table, doing, () =>
      client.query<{ lost: string; sample: string }>(
        `SELECT count(*) AS lost, min(left(${value}::text, 60)) AS sample FROM ${table.staged} s WHERE ${value} IS NOT NULL AND NOT (${conversion.kept?.(value)})`,
      ),
    );
    const found = rows[0];
    if (found === undefined || found.lost === "0") continue;
    throw new RowhaulError(
      "VALIDATION_FAILED",
      `${table.live.name}.${live.name} is ${live.type}, which does not hold ${found.lost} of the values as they are.`,
      {
        place: { table: table.plan.source, column: plan.source, sample: found.sample },
        hint: "Widen the column in the target, or correct the values in the source.",
      },
    );
  }
}

/** Triggers fire as for any INSERT. Throws CONSTRAINT_VIOLATED naming table and key. */
export async function insertRows(client: Client, table: MatchedTable, mode: IntoMode): Promise<void> {
  const { live, written, staged } = table;
  const names = written.map((column) => quoteName(column.live.name));
  const values = written.map(({ plan, conversion }) => conversion.cast(`s.${quoteName(plan.target)}`));
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

function onConflict({ live, written }: MatchedTable): string {
  const others = written.filter(
    // An identity that is always the server's takes a value with a new row only; the proof sees whether it agrees.
    (column) => !live.key.includes(column.live.name) && column.live.identity !== "always",
  );
  const key = live.key.map(quoteName).join(", ");
  if (others.length === 0) return `ON CONFLICT (${key}) DO NOTHING`;
  const set = others.map((column) => `${quoteName(column.live.name)} = EXCLUDED.${quoteName(column.live.name)}`);
  return `ON CONFLICT (${key}) DO UPDATE SET ${set.join(", ")}`;
}
