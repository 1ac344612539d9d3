import { RowhaulError } from "../../core/messages/errors.ts";
import { exitStatus } from "../../core/messages/exit-status.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { plan } from "../../index.ts";
import { planText } from "../../report/plan-text.ts";
import { wrapText } from "../../report/wrap.ts";
import type { Command } from "../command.ts";
import { finishRun } from "./finish-run.ts";
import { nextSteps } from "./next-steps.ts";
import { pipelineOf, runOptions } from "./run-options.ts";

export const planCommand: Command = {
  name: "plan",
  arguments: "<pipeline>",
  summary: "every decision with its reason; changes nothing",
  description:
    "Takes a snapshot, profiles every value and prints what would become of every column, constraint, index and view. Exits 2 while some hazard is not accepted, and prints the lines that accept it.",
  options: ["accept-all", "tables", "fresh", "env"],
  examples: ["rowhaul plan pipelines/knowledge-base.yaml"],
  async run(call) {
    const settings = pipelineOf(call);
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
  },
};
