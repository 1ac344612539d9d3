/** The switch in one go, for tests that ask what comes of it and not when. */
import type { ProveLive } from "../../../../src/core/plan/live.ts";
import type { Plan } from "../../../../src/core/plan/plan.ts";
import type { Held, Target } from "../../../../src/core/ports.ts";

export const unproven: ProveLive = async () => async () => {};

export async function switchNow(
  { loader }: Pick<Target, "loader">,
  held: Held,
  run: string,
  plan: Plan,
): Promise<void> {
  const hooks = { prove: unproven, signal: new AbortController().signal };
  await (await loader.prepareSwitch(held, run, plan, hooks)).commit();
}
