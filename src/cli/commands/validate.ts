import { exitStatus } from "../../core/messages/exit-status.ts";
import { validate } from "../../index.ts";
import type { Command } from "../command.ts";
import { finishRun } from "./finish-run.ts";
import { nextSteps } from "./next-steps.ts";
import { pipelineOrPlaces } from "./run-options.ts";

export const validateCommand: Command = {
  name: "validate",
  arguments: "<pipeline | source> [target]",
  summary: "prove the newest run again, in staging or live",
  description:
    "Compares snapshot and target by the validators' own readers: counts, schema, every cell. May be run at any time; after the application has written to the new tables, it shows what was changed.",
  options: ["schema", "env"],
  examples: ["rowhaul validate pipelines/knowledge-base.yaml", "rowhaul validate app.db postgres://me@localhost/app"],
  async run(call) {
    const settings = pipelineOrPlaces(call);
    const result = await validate(settings, { onEvent: call.emit, signal: call.signal });
    finishRun(call, result, await nextSteps(call, result, settings));
    return exitStatus.ok;
  },
};
