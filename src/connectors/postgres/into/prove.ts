/**
 * The proof, inside the transaction that wrote: every staged row, converted, is in the
 * live table with equal values, as often as in staging; and no row is there that should
 * not be. Compared as text, byte by byte: a type's own equality may know 1.5 = 1.50.
 */
import { plural } from "../../../core/count.ts";
import { RowhaulError } from "../../../core/errors.ts";
import type { Plan, TablePlan } from "../../../core/plan.ts";
import { qualified, quoteName } from "../quote.ts";
import type { Client } from "../transaction.ts";
import { failing } from "./failing.ts";
import type { MatchedTable } from "./match.ts";
import type { IntoMode } from "./mode.ts";

/** `before`: rows of the live table; `images`: those of them that were overwritten. Throws VALIDATION_FAILED. */
export async function proveTable(
  client: Client,
  table: MatchedTable,
  mode: IntoMode,
  before: number,
  images: number,
): Promise<void> {
  const doing = `comparing ${table.live.name} with staging`;
  const missing = await failing(table, doing, () => differences(client, staged(table), live(table)));
  if (missing.count > 0)
    throw differs(table, `${plural(missing.count, "row")} of ${table.plan.source} did not arrive as they are`, missing);
  const surplus =
    mode === "replace"
      ? await failing(table, doing, () => differences(client, live(table), staged(table)))
      : { count: 0, sample: "" };
  if (surplus.count > 0)
    throw differs(
      table,
      `${plural(surplus.count, "row")} are in ${table.live.name} that the source does not have`,
      surplus,
    );
  const arrived = await countRows(client, table.staged);
  const expected = { append: before + arrived, merge: before + arrived - images, replace: arrived }[mode];
  const now = await countRows(client, table.relation);
  if (now !== expected)
    throw differs(table, `${table.live.name} holds ${plural(now, "row")} instead of ${expected}`, null);
}

/** A full-text table that its content's triggers keep: every staged row has its own there. */
export async function proveKept(client: Client, { target }: Plan, table: TablePlan): Promise<void> {
  const key = quoteName(table.columns[0]?.target ?? "rowid");
  const numbers = (schema: string): string => `SELECT ${key} FROM ${qualified(schema, table.target)}`;
  const { rows } = await client.query<{ missing: string }>(
    `SELECT count(*) AS missing FROM (${numbers(target.staging)} EXCEPT ${numbers(target.schema)}) d`,
  );
  const missing = Number(rows[0]?.missing ?? 0);
  if (missing === 0) return;
  throw new RowhaulError("VALIDATION_FAILED", `${plural(missing, "row")} of ${table.target} cannot be found there.`, {
    place: { table: table.source },
    hint: "The triggers of its content may be gone; make the full-text table anew, or exclude it.",
  });
}

export async function countRows(client: Client, relation: string): Promise<number> {
  const { rows } = await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${relation}`);
  return Number(rows[0]?.n ?? 0);
}

type Difference = { readonly count: number; readonly sample: string };

/** EXCEPT ALL counts equal rows. */
async function differences(client: Client, left: string, right: string): Promise<Difference> {
  const { rows } = await client.query<{ count: string; sample: string | null }>(
    `SELECT count(*) AS count, min(left(d::text, 200)) AS sample FROM (${left} EXCEPT ALL ${right}) d`,
  );
  return { count: Number(rows[0]?.count ?? 0), sample: rows[0]?.sample ?? "" };
}

function staged({ columns, staged }: MatchedTable): string {
  const values = columns.map(({ plan, conversion }) => conversion.cast(`s.${quoteName(plan.target)}`));
  return `SELECT ${values.map(asText).join(", ")} FROM ${staged} s`;
}

function live({ columns, relation }: MatchedTable): string {
  return `SELECT ${columns.map((column) => asText(`l.${quoteName(column.live.name)}`)).join(", ")} FROM ${relation} l`;
}

function asText(value: string): string {
  return `(${value})::text COLLATE "C"`;
}

function differs({ plan, live }: MatchedTable, message: string, difference: Difference | null): RowhaulError {
  const triggers = live.triggers.length > 0 ? ` Its triggers (${live.triggers.join(", ")}) may have changed them.` : "";
  return new RowhaulError("VALIDATION_FAILED", `${message}.${triggers}`, {
    place: { table: plan.source, ...(difference === null ? {} : { sample: difference.sample }) },
    hint: "Nothing was changed. Look at triggers, rules and generated columns of the table; drop the column in the pipeline file if the target decides it.",
  });
}
