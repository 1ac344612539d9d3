/** Whether the plan's rows could go into the live tables: asked when the plan is made. */
import type { Plan } from "../../../core/plan.ts";
import { inTransaction, type Pool } from "../transaction.ts";
import type { IntoMode } from "./mode.ts";
import { survey } from "./survey.ts";

/** Throws TARGET_MISMATCH or TARGET_PERMISSION. */
export async function checkInto(pool: Pool, plan: Plan, mode: IntoMode): Promise<void> {
  await inTransaction(
    pool,
    `looking at the tables of schema ${plan.target.schema}`,
    async (client) => {
      await client.query("SET LOCAL row_security = off");
      await survey(client, plan, mode);
    },
    "BEGIN READ ONLY",
  );
}
