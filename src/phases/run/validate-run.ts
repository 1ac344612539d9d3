/** Proves the newest run again. */
import { RowhaulError } from "../../core/messages/errors.ts";
import { hasReached } from "../../core/run-stages.ts";
import { claimFolder } from "../../run-folder/at-work.ts";
import { settleRecord } from "../../run-folder/settle.ts";
import { writeReport } from "../report.ts";
import { sameSnapshot } from "../snapshot.ts";
import { verifyReshaped } from "../transform.ts";
import { validate } from "../validate.ts";
import { announce } from "./announce.ts";
import type { Context } from "./context.ts";
import type { RunResult } from "./run-options.ts";
import { runResult } from "./run-result.ts";

/** Validates the newest run again, wherever its tables are now. */
export async function validateRun(context: Context): Promise<RunResult> {
  const folder = context.home.latest();
  const stage = folder === null ? undefined : settleRecord(folder).stage;
  if (folder === null || !hasReached(stage, "loaded")) {
    throw new RowhaulError("NO_RUN", `There is no loaded run of ${context.settings.name} to validate.`, {
      hint: "Load one first: `rowhaul run <pipeline>`.",
    });
  }
  await sameSnapshot(context, folder);
  await verifyReshaped(context, folder);
  const plan = folder.plan;
  await announce(context, folder, true);
  const claim = claimFolder(context.home.path);
  try {
    await validate(
      context,
      folder,
      plan,
      await context.parts.target.proven(folder.record.id, plan, hasReached(stage, "switched")),
    );
    if (stage === "loaded") folder.update({ stage: "validated" });
  } finally {
    claim.release();
    await writeReport(context, folder);
  }
  return runResult(folder, plan, "validated", "validated");
}
