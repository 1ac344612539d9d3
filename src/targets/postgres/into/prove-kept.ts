/** A full-text table that its content's triggers keep: every staged row has its own there. Throws VALIDATION_FAILED. */

import { plural } from "../../../core/messages/count.ts";
import { RowhaulError } from "../../../core/messages/errors.ts";
import type { Plan, TablePlan } from "../../../core/plan/plan.ts";
import { qualified, quoteName } from "../../../core/quote.ts";
import type { Client } from "../../../postgres/transaction.ts";

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
    hint: "The triggers of its content may be gone; make the full-text table anew, or `exclude` it: its texts stay with the table that has them.",
  });
}
