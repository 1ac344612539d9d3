/**
 * Tables of the plan that the live schema lacks: made there by the plan's own statements.
 * They are not moved out of staging, where the others stay: foreign keys would cross
 * from one schema to the other, and the run could not be validated again.
 */

import type { Plan, TablePlan, ViewPlan } from "../../../core/plan/plan.ts";
import { qualified, quoteName } from "../../../core/quote.ts";
import type { Client } from "../../../postgres/transaction.ts";

export async function createMade(client: Client, plan: Plan, made: readonly TablePlan[]): Promise<void> {
  for (const table of made) await client.query(relocated(table.create, plan));
}

/** Keys, then what refers to them, then the views that the live schema lacks. Sequences are moved on with all others. */
export async function finishMade(
  client: Client,
  plan: Plan,
  made: readonly TablePlan[],
  views: readonly ViewPlan[],
): Promise<void> {
  for (const stage of ["keys", "references"] as const)
    for (const table of made)
      for (const step of table.finish)
        if (step.stage === stage && step.kind !== "identity") await client.query(relocated(step.sql, plan));
  for (const { target } of made) await client.query(`ANALYZE ${qualified(plan.target.schema, target)}`);
  for (const view of views) await client.query(relocated(view.sql, plan));
}

/** Staging's name holds the run's id: nothing else in a statement is called so. */
function relocated(sql: string, { target }: Plan): string {
  return sql.replaceAll(`${quoteName(target.staging)}.`, () => `${quoteName(target.schema)}.`);
}
