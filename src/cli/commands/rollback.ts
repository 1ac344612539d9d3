import { exitStatus } from "../../core/messages/exit-status.ts";
import { rollback } from "../../index.ts";
import type { Command } from "../command.ts";
import { finishRun } from "./finish-run.ts";
import { nextSteps } from "./next-steps.ts";
import { pipelineOrPlaces, shownTarget } from "./run-options.ts";

export const rollbackCommand: Command = {
  name: "rollback",
  arguments: "<pipeline | source> [target]",
  summary: "back to what was before the cutover",
  description:
    "Puts the application's files and the target schema back. The new tables are kept in the staging schema. Refused when they were written to since the switch, unless --discard-new-writes.",
  options: ["schema", "yes", "discard-new-writes", "env"],
  examples: ["rowhaul rollback pipelines/knowledge-base.yaml"],
  async run(call) {
    const settings = pipelineOrPlaces(call);
    const result = await rollback(settings, {
      onEvent: call.emit,
      signal: call.signal,
      discardNewWrites: call.flag("discard-new-writes"),
      confirm: () => call.ask(`Roll ${settings.name} back in ${shownTarget(settings)}?`),
    });
    finishRun(call, { ...result, folder: null }, await nextSteps(call, result, settings));
    return exitStatus.ok;
  },
};
