import { exitStatus } from "../../core/messages/exit-status.ts";
import { run } from "../../index.ts";
import type { Command } from "../command.ts";
import { finishRun } from "./finish-run.ts";
import { nextSteps } from "./next-steps.ts";
import { pipelineOf, runFlags, runOptions } from "./run-options.ts";

export const runCommand: Command = {
  name: "run",
  arguments: "<pipeline>",
  summary: "the whole job: preflight to cutover; run again to resume",
  description:
    "Runs every phase in order. A run that was stopped, by Ctrl-C, a crash or a lost connection, goes on where it stopped, on the snapshot it took. A finished run whose source has not changed says so and does nothing.",
  options: [...runFlags, "forward"],
  examples: [
    "rowhaul run pipelines/knowledge-base.yaml",
    "rowhaul run app.yaml --dry-run",
    "rowhaul run app.yaml --fresh --yes",
  ],
  async run(call) {
    const settings = pipelineOf(call);
    const result = await run(settings, runOptions(call, settings));
    finishRun(call, result, await nextSteps(call, result, settings));
    return exitStatus.ok;
  },
};
