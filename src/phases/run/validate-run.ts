/** Proves the newest run again. */
import { cleaningUp } from "../../core/messages/clean-up.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import { hasReached } from "../../core/run-stages.ts";
import { claimFolder } from "../../run-folder/at-work.ts";
import { writeReport } from "../report.ts";
import { sameSnapshot } from "../snapshot.ts";
import { verifyReshaped } from "../transform.ts";
import { validate } from "../validate.ts";
import { announce } from "./announce.ts";
import type { Context } from "./context.ts";
import { settled } from "./earlier-run.ts";
import { checkKnown } from "./known-state.ts";
import type { RunResult } from "./run-options.ts";
import { runResult } from "./run-result.ts";

/** Validates the newest run again, wherever its tables are now. */
export async function validateRun(context: Context): Promise<RunResult> {
  const folder = context.home.latest();
  if (folder !== null) await settled(context, folder);
  const stage = folder?.record.stage;
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
  const prove = async (): Promise<void> => {
    await checkKnown(context, folder);
    const place = await context.parts.target.proven(folder.record.id, plan, hasReached(stage, "switched"));
    await validate(context, folder, plan, place);
    if (stage === "loaded") folder.update({ stage: "validated" });
  };
  await cleaningUp(prove, claim.release, () => writeReport(context, folder));
  return runResult(folder, plan, "validated", "validated");
}
