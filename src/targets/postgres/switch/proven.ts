/** Where a run's rows are to be proven: in staging, in tables of its own, or among the application's. */

import type { Proven } from "../../../core/plan/live.ts";
import type { Plan } from "../../../core/plan/plan.ts";
import { qualified } from "../../../core/quote.ts";
import { ask } from "../../../postgres/begin.ts";
import type { Pool } from "../../../postgres/transaction.ts";
import { type IntoRecord, placeOf } from "../into/mode.ts";
import { stateExists } from "../state/upgrade.ts";

export async function provenPlace(
  pool: Pool,
  state: string,
  run: string,
  plan: Plan,
  switched: boolean,
): Promise<Proven> {
  const { schema, staging } = plan.target;
  const known = await stateExists(pool, state);
  if (!switched) return { schema: staging, live: null };
  if (!known) return { schema, live: null };
  const { rows } = await ask<{ moved: IntoRecord | readonly unknown[] | null }>(
    pool,
    `SELECT moved FROM ${qualified(state, "runs")} WHERE run_id = $1`,
    [run],
  );
  const moved = rows[0]?.moved ?? null;
  return { schema, live: moved === null || !("into" in moved) ? null : placeOf(plan, moved) };
}
