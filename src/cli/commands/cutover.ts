import { exitStatus } from "../../core/messages/exit-status.ts";
import { run } from "../../index.ts";
import type { Command } from "../command.ts";
import { finishRun } from "./finish-run.ts";
import { nextSteps } from "./next-steps.ts";
import { pipelineOf, runFlags, runOptions } from "./run-options.ts";

export const cutoverCommand: Command = {
  name: "cutover",
  arguments: "<pipeline>",
  summary: "switch the application to the validated run",
  description:
    "Under a write lock on the source: checks that nothing was committed since the snapshot, switches the schema, rewrites the application's files and runs the health checks. Whatever fails is undone.",
  options: [...runFlags, "forward"],
  examples: ["rowhaul cutover pipelines/knowledge-base.yaml"],
  async run(call) {
    const settings = pipelineOf(call);
    const result = await run(settings, {
      ...runOptions(call, settings),
      until: "cutover",
      validated: true,
    });
    finishRun(call, result, await nextSteps(call, result, settings));
    return exitStatus.ok;
  },
};
