/** What a run's end looks like in a notification. */
import { RowhaulError } from "../../core/messages/errors.ts";
import { exitStatus } from "../../core/messages/exit-status.ts";
import type { Notification } from "./notify.ts";

export type RunEnd =
  | { readonly outcome: string; readonly run: string | null; readonly rolledBack?: boolean }
  | { readonly thrown: unknown; readonly run: string | null };

/** An error is summed up by its message; details may quote rows, so they stay in the report. */
export function notificationOf(
  about: Pick<Notification, "pipeline" | "environment" | "source" | "target" | "startedAt" | "downtimeSeconds">,
  end: RunEnd,
  now: Date = new Date(),
): Notification {
  const common = { ...about, run: end.run, finishedAt: now.toISOString() };
  if (!("thrown" in end)) {
    const event = end.rolledBack === true ? "rolled back" : "run finished";
    return { ...common, event, exit: exitStatus.ok, outcome: end.outcome, code: null };
  }
  const { thrown } = end;
  return thrown instanceof RowhaulError
    ? { ...common, event: "run failed", exit: thrown.exit, outcome: thrown.message, code: thrown.code }
    : { ...common, event: "run failed", exit: exitStatus.defect, outcome: "A defect in rowhaul.", code: "DEFECT" };
}
