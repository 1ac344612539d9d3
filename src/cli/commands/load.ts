import { exitStatus } from "../../core/messages/exit-status.ts";
import { run } from "../../index.ts";
import type { Command } from "../command.ts";
import { finishRun } from "./finish-run.ts";
import { nextSteps } from "./next-steps.ts";
import { pipelineOf, runFlags, runOptions } from "./run-options.ts";

export const loadCommand: Command = {
  name: "load",
  arguments: "<pipeline>",
  summary: "up to a loaded staging schema",
  description:
    "Preflight, snapshot, profile and plan if need be, then loads the rows into the staging schema and builds keys, indexes and constraints. The application sees nothing of it.",
  options: [...runFlags],
  examples: ["rowhaul load pipelines/knowledge-base.yaml"],
  async run(call) {
    const settings = pipelineOf(call);
    const result = await run(settings, { ...runOptions(call, settings), until: "load" });
    finishRun(call, result, await nextSteps(call, result, settings));
    return exitStatus.ok;
  },
};
