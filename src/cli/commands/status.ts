import { exitStatus } from "../../core/messages/exit-status.ts";
import { status } from "../../index.ts";
import type { Command } from "../command.ts";
import { pipelineOrPlaces } from "./run-options.ts";

export const statusCommand: Command = {
  name: "status",
  arguments: "<pipeline | source> [target]",
  summary: "the runs of a pipeline and how far each came",
  description: "Reads the run folders beside the pipeline; asks the target nothing.",
  options: ["schema", "env"],
  examples: ["rowhaul status pipelines/knowledge-base.yaml"],
  async run(call) {
    const runs = status(pipelineOrPlaces(call));
    if (call.json) {
      for (const one of runs) call.print(JSON.stringify({ type: "status", ...one }));
      return exitStatus.ok;
    }
    if (runs.length === 0) call.print("No runs yet.");
    for (const one of runs)
      call.print(
        `${one.run}  ${one.stage.padEnd(11)} ${one.interrupted ? call.paint("red", "interrupted cutover  ") : ""}snapshot ${one.snapshot ?? "none"}  ${call.paint("dim", one.folder)}`,
      );
    return exitStatus.ok;
  },
};
