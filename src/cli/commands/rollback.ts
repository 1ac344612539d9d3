import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import { rollback } from "../../pipeline/jobs/run.ts";
import type { Call } from "../command.ts";
import { finishRun } from "./finish-run.ts";
import { nextSteps } from "./next-steps.ts";
import { pipelineOrPlaces, shownTarget } from "./run-options.ts";

export async function rollbackCommand(call: Call): Promise<ExitStatus> {
  const settings = await pipelineOrPlaces(call);
  const result = await rollback(settings, {
    onEvent: call.emit,
    signal: call.signal,
    discardNewWrites: call.flag("discard-new-writes"),
    confirm: () => call.ask(`Roll ${settings.name} back in ${shownTarget(settings)}?`),
  });
  finishRun(call, { ...result, folder: null }, await nextSteps(call, result, settings));
  return exitStatus.ok;
}
