import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import { check } from "../../pipeline/jobs/run.ts";
import type { Call } from "../command.ts";
import { finishRun } from "./finish-run.ts";
import { nextSteps } from "./next-steps.ts";
import { pipelineOf, runOptions } from "./run-options.ts";

export async function checkCommand(call: Call): Promise<ExitStatus> {
  const settings = await pipelineOf(call);
  const result = await check(settings, runOptions(call, settings));
  finishRun(call, result, await nextSteps(call, result, settings));
  return exitStatus.ok;
}
