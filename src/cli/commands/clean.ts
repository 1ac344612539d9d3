import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import { clean } from "../../pipeline/jobs/clean.ts";
import type { Call } from "../command.ts";
import { pipelineOrPlaces, shownTarget } from "./run-options.ts";

export async function cleanCommand(call: Call): Promise<ExitStatus> {
  const settings = await pipelineOrPlaces(call);
  const removed = await clean(settings, {
    onEvent: call.emit,
    signal: call.signal,
    confirm: () =>
      call.askStrictly(
        `Remove snapshots, reports and everything kept aside of ${settings.name} in ${shownTarget(settings)}? There is no rollback after it.`,
      ),
  });
  if (call.json) call.emit({ type: "result", exit: 0, outcome: `removed ${removed.join(", ")}`, run: null });
  else call.print(removed.length === 0 ? "Nothing to remove." : removed.map((one) => `removed ${one}`).join("\n"));
  return exitStatus.ok;
}
