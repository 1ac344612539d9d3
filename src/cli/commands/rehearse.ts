import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import { rehearse } from "../../pipeline/jobs/rehearse.ts";
import type { Call } from "../command.ts";
import { finishRun } from "./finish-run.ts";
import { again } from "./next-steps.ts";
import { pipelineOf } from "./run-options.ts";

export async function rehearseCommand(call: Call): Promise<ExitStatus> {
  const acceptAll = call.flag("accept-all");
  const result = await rehearse(await pipelineOf(call), {
    onEvent: call.emit,
    signal: call.signal,
    acceptAll,
  });
  finishRun(call, result, [`  ${again(call, "run")}   do it`]);
  return exitStatus.ok;
}
