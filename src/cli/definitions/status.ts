import type { Command } from "../command.ts";

export const statusCommand: Command = {
  name: "status",
  arguments: "<pipeline | source> [target]",
  summary: "the runs of a pipeline and how far each came",
  description: "Reads the run folders beside the pipeline; asks the target nothing.",
  options: ["schema", "env"],
  examples: ["rowhaul status pipelines/knowledge-base.yaml"],
  load: async () => (await import("../commands/status.ts")).statusCommand,
};
