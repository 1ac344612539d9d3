/** A run's session on a PostgreSQL server: the lease, its heartbeat, and the work that it fences. */
import { intoMode } from "../../core/plan/into-mode.ts";
import type { Plan } from "../../core/plan/plan.ts";
import type { Session } from "../../core/session.ts";
import type { SchemaSettings } from "../../core/settings.ts";
import { labelOf } from "../../postgres/backends.ts";
import { asking } from "../../postgres/errors.ts";
import { inTransaction, type Pool } from "../../postgres/transaction.ts";
import { loadUnit } from "./load/load-unit.ts";
import { createStaging, finishStep, finishTogether } from "./load/staging.ts";
import { acquireLease, fence, keepLease, releaseLease } from "./state/lease.ts";
import { setStatus } from "./state/state.ts";
import { sweepStaging } from "./state/sweep.ts";
import { ensureState } from "./state/upgrade.ts";
import { hasStatus } from "./state/witnesses.ts";
import { prepareSwitch, switchBack } from "./switch/switch.ts";

/** `control`: a connection of its own for the heartbeat, which must not wait for the work. */
export async function openSession(
  pool: Pool,
  control: Pool,
  { schema, state, existing }: SchemaSettings,
  run: string,
  plan: Plan,
  signal: AbortSignal,
): Promise<Session> {
  await asking(`looking for the state schema ${state}`, () => ensureState(pool, state));
  const lease = await acquireLease(pool, state, schema, run);
  pool.label = labelOf([state, schema], lease.token);
  const lost = new AbortController();
  const stopHeartbeat = keepLease(control, lease, (error) => lost.abort(error));
  const either = AbortSignal.any([signal, lost.signal]);
  const held = { pool, lease, run, plan };
  return {
    run,
    plan,
    signal: either,
    create: (row, install) => createStaging(held, row, install, either),
    loadUnit: (unit, parts, hooks) => loadUnit(held, unit, parts, hooks),
    finish: (task, finishSignal) => finishStep(held, task, finishSignal),
    finishTogether: (tasks, finishSignal) => finishTogether(held, tasks, finishSignal),
    setStatus: (status) =>
      inTransaction(
        pool,
        `noting the state of run ${run}`,
        async (client) => {
          await setStatus(client, state, run, status);
          await fence(client, lease);
        },
        { witness: hasStatus(state, run, status) },
      ),
    prepareSwitch: (prove) => prepareSwitch(held, intoMode(existing), { prove, signal: either }),
    switchBack: (options) => switchBack(held, options),
    sweep: () => sweepStaging(held, either),
    async release() {
      stopHeartbeat();
      pool.label = null;
      await asking("giving the lease back", () => releaseLease(pool, lease));
    },
  };
}
