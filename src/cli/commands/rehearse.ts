import { exitStatus } from "../../core/messages/exit-status.ts";
import { rehearse } from "../../index.ts";
import type { Command } from "../command.ts";
import { finishRun } from "./finish-run.ts";
import { again } from "./next-steps.ts";
import { pipelineOf } from "./run-options.ts";

export const rehearseCommand: Command = {
  name: "rehearse",
  arguments: "<pipeline>",
  summary: "the whole job against a throw-away PostgreSQL",
  description:
    "Runs every phase against an embedded PostgreSQL that exists only for the rehearsal. The application's files and its target are not touched.",
  options: ["accept-all", "tables", "env"],
  examples: ["rowhaul rehearse pipelines/knowledge-base.yaml"],
  async run(call) {
    const acceptAll = call.flag("accept-all");
    const result = await rehearse(pipelineOf(call), {
      onEvent: call.emit,
      signal: call.signal,
      acceptAll,
    });
    finishRun(call, result, [`  ${again(call, "run")}   do it`]);
    return exitStatus.ok;
  },
};
