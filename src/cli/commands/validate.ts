import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import { validate } from "../../pipeline/jobs/run.ts";
import type { Call } from "../command.ts";
import { finishRun } from "./finish-run.ts";
import { nextSteps } from "./next-steps.ts";
import { pipelineOrPlaces } from "./run-options.ts";

export async function validateCommand(call: Call): Promise<ExitStatus> {
  const settings = await pipelineOrPlaces(call);
  const result = await validate(settings, { onEvent: call.emit, signal: call.signal });
  finishRun(call, result, await nextSteps(call, result, settings));
  return exitStatus.ok;
}
