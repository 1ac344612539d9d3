import { exitStatus } from "../../core/messages/exit-status.ts";
import { clean } from "../../index.ts";
import type { Command } from "../command.ts";
import { pipelineOrPlaces, shownTarget } from "./run-options.ts";

export const cleanCommand: Command = {
  name: "clean",
  arguments: "<pipeline | source> [target]",
  summary: "remove every trace of the pipeline's runs from target and disk",
  description:
    "Removes staging and set-aside schemas, rowhaul's state, snapshots and reports. The tables that the application uses stay. After it there is no rollback. Asks first; without a terminal it needs --yes.",
  options: ["schema", "yes", "env"],
  examples: ["rowhaul clean pipelines/knowledge-base.yaml", "rowhaul clean pipelines/knowledge-base.yaml --yes"],
  async run(call) {
    const settings = pipelineOrPlaces(call);
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
  },
};
