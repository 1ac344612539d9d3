import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import { cutover } from "../../pipeline/jobs/run.ts";
import type { Call } from "../command.ts";
import { finishRun } from "./finish-run.ts";
import { nextSteps } from "./next-steps.ts";
import { pipelineOf, runOptions } from "./run-options.ts";

export async function cutoverCommand(call: Call): Promise<ExitStatus> {
  const settings = await pipelineOf(call);
  const result = await cutover(settings, runOptions(call, settings));
  finishRun(call, result, await nextSteps(call, result, settings));
  return exitStatus.ok;
}
