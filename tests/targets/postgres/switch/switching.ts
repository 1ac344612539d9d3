/** The switch in one go, for tests that ask what comes of it and not when. */
import type { ProveLive } from "../../../../src/core/plan/live.ts";
import type { Session } from "../../../../src/core/session.ts";

export const unproven: ProveLive = async () => async () => {};

export async function switchNow(session: Session): Promise<void> {
  await (await session.prepareSwitch(unproven)).commit(() => {});
}
