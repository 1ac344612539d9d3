import type { Plan } from "../../core/plan/plan.ts";
import type { Session } from "../../core/session.ts";
import type { RunFolder } from "../../run-folder/run-folder.ts";
import type { Context } from "./context.ts";

/** Work on the target: losing it to another process, like Ctrl-C, aborts. */
export async function inSession<T>(
  context: Context,
  folder: RunFolder,
  plan: Plan,
  work: (session: Session, context: Context) => Promise<T>,
): Promise<T> {
  const session = await context.parts.target.acquire(folder.record.id, plan, context.signal);
  try {
    return await work(session, { ...context, signal: session.signal });
  } finally {
    // With the connection gone the lease expires by itself.
    await session.release().catch(() => {});
  }
}
