import { exitStatus } from "../../core/messages/exit-status.ts";
import { run } from "../../index.ts";
import type { Command } from "../command.ts";
import { finishRun } from "./finish-run.ts";
import { nextSteps } from "./next-steps.ts";
import { pipelineOf, runFlags, runOptions } from "./run-options.ts";

export const checkCommand: Command = {
  name: "check",
  arguments: "<pipeline>",
  summary: "preflight only: is everything there, reachable and whole?",
  description:
    "Looks at source, target, what stands in it, rights, versions, encoding and disk, and says go or no-go. Changes nothing. What becomes of the values, only `plan` says.",
  options: [...runFlags],
  examples: ["rowhaul check pipelines/knowledge-base.yaml"],
  async run(call) {
    const settings = pipelineOf(call);
    const result = await run(settings, { ...runOptions(call, settings), until: "preflight" });
    finishRun(call, result, await nextSteps(call, result, settings));
    return exitStatus.ok;
  },
};
