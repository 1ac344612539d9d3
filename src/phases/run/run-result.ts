/** How a run ended, as a result for the caller. */
import { plural } from "../../core/messages/count.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { staysBehind } from "../../core/plan/stays-behind.ts";
import type { Settings } from "../../core/settings.ts";
import type { RunFolder, RunRecord } from "../../run-folder/run-folder.ts";
import type { Outcome } from "./outcome.ts";
import type { RunResult } from "./run-options.ts";

export function runResult(folder: RunFolder, plan: Plan, outcome: Outcome, summary: string): RunResult {
  return { run: folder.record.id, stage: folder.record.stage, plan, outcome, summary, folder: folder.path };
}

export function nothingToDo(folder: RunFolder): RunResult {
  return {
    run: folder.record.id,
    stage: "done",
    plan: folder.plan,
    outcome: "nothing to do",
    // What the application has made of the rows since is its own affair.
    summary: `nothing to do: run ${folder.record.id} is finished, and the source has not changed since; the target was not looked at (validate does)`,
    folder: folder.path,
  };
}

/** `left`: rows in quarantine. */
export function summaryOf(record: RunRecord, plan: Plan, { cutover, environment }: Settings, left: number): string {
  const all = plan.estimate.rows;
  const some = left > 0 ? `${(all - left).toLocaleString("en-US")} of ` : "";
  const rows = `${some}${plural(all, "row")} in ${plural(plan.tables.length, "table")}`;
  if (record.stage === "done") {
    const done = cutover !== null ? "moved, proven and switched" : "moved and proven";
    const behind = staysBehind(plan.leftOut);
    const quarantined = left > 0 ? `; ${left.toLocaleString("en-US")} in quarantine` : "";
    return `${rows}: ${done}${quarantined}${behind === null ? "" : `; not moved: ${behind}`}`;
  }
  const held = environment.validateOnly && record.stage === "validated" ? `; ${environment.name} only validates` : "";
  return `${rows}: ${record.stage}${held}`;
}
