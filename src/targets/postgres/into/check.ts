/** Whether the plan's rows could go into the live tables: asked when the plan is made. */
import type { Note, Plan } from "../../../core/plan/plan.ts";
import { inTransaction, type Pool } from "../../../postgres/transaction.ts";
import type { IntoMode } from "./mode.ts";
import { notesOf } from "./notes.ts";
import { survey } from "./survey.ts";
import { refuseUnownedTriggers } from "./triggers/disabled-triggers.ts";

/** What is worth knowing. Throws TARGET_MISMATCH or TARGET_PERMISSION. */
export async function checkInto(pool: Pool, plan: Plan, mode: IntoMode): Promise<Note[]> {
  return inTransaction(
    pool,
    `looking at the tables of schema ${plan.target.schema}`,
    async (client) => {
      const found = await survey(client, plan, mode);
      await refuseUnownedTriggers(client, plan);
      return notesOf(plan, found);
    },
    { begin: "read-only" },
  );
}
