import { RowhaulError } from "../../core/messages/errors.ts";
import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { plan } from "../../pipeline/jobs/run.ts";
import { planText } from "../../report/plan-text.ts";
import { wrapText } from "../../report/wrap.ts";
import type { Call } from "../command.ts";
import { finishRun } from "./finish-run.ts";
import { nextSteps } from "./next-steps.ts";
import { pipelineOf, runOptions } from "./run-options.ts";

export async function planCommand(call: Call): Promise<ExitStatus> {
  const settings = await pipelineOf(call);
  let made: Plan | null = null;
  const options = {
    ...runOptions(call, settings),
    onPlan: (one: Plan) => {
      made = one;
    },
  };
  try {
    const result = await plan(settings, options);
    if (!call.json && result.plan !== null) call.print(wrapText(planText(result.plan, call.paint), call.width));
    const next = await nextSteps(call, result, settings);
    finishRun(call, { ...result, folder: null }, next);
  } catch (thrown) {
    // A plan that is refused is worth reading all the more.
    if (thrown instanceof RowhaulError && thrown.code === "HAZARDS_NOT_ACCEPTED" && made !== null && !call.json)
      call.print(wrapText(planText(made, call.paint), call.width));
    throw thrown;
  }
  return exitStatus.ok;
}
