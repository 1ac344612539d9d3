/** A run whose loader is broken on purpose, between its own phases: nothing of it is replaced, only what it is given. */
import type { PreparedSwitch } from "../../../../src/core/plan/live.ts";
import type { Plan } from "../../../../src/core/plan/plan.ts";
import type { Parts, Target } from "../../../../src/core/ports.ts";
import type { Event, Settings } from "../../../../src/index.ts";
import { run } from "../../../../src/phases/run/run.ts";
import type { RunResult } from "../../../../src/phases/run/run-options.ts";
import { compose } from "../../../../src/pipeline/compose.ts";

export type Sabotage = {
  readonly settings?: (settings: Settings) => Settings;
  readonly fresh?: boolean;
  /** What the planner is to have said. */
  readonly planned?: (plan: Plan) => Plan;
  /** Right before the switch is prepared, when the rows are staged and proven. */
  readonly before?: (plan: Plan) => Promise<unknown>;
  /** The plan that the loader is given for the switch; the validators have the true one. */
  readonly patched?: (plan: Plan) => Plan;
  /** When the switch is prepared and not committed. */
  readonly prepared?: () => Promise<unknown>;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: Event) => void;
};

export async function sabotaged(settings: Settings, sabotage: Sabotage): Promise<RunResult> {
  const composed = await compose(
    sabotage.settings?.(settings) ?? settings,
    sabotage.onEvent ?? (() => {}),
    sabotage.signal ?? new AbortController().signal,
  );
  const { context } = composed;
  const planned = sabotage.planned ?? ((plan: Plan) => plan);
  try {
    return await run(
      {
        ...context,
        planner: (...input) => {
          const made = context.planner(...input);
          return { ...made, plan: planned(made.plan) };
        },
        parts: { ...context.parts, target: { ...context.parts.target, acquire: acquire(context.parts, sabotage) } },
      },
      {
        ...{
          until: "cutover",
          fresh: sabotage.fresh ?? false,
          dryRun: false,
          forward: false,
          validated: false,
          discardNewWrites: false,
        },
        confirm: async () => true,
        onPlan: () => {},
      },
    );
  } finally {
    await composed.close();
  }
}

/** The session has another plan at the switch, and the phases, with the proof, go on with theirs. */
function acquire({ target }: Parts, { before, patched, prepared }: Sabotage): Target["acquire"] {
  return async (run, plan, signal) => {
    const given = { ...plan };
    const session = await target.acquire(run, given, signal);
    return {
      ...session,
      plan,
      async prepareSwitch(prove): Promise<PreparedSwitch> {
        await before?.(plan);
        Object.assign(given, patched?.(plan));
        const ready = await session.prepareSwitch(prove);
        await prepared?.();
        return ready;
      },
    };
  };
}
