import type { Command } from "../command.ts";
import { runFlags } from "./run-flags.ts";

export const loadCommand: Command = {
  name: "load",
  arguments: "<pipeline>",
  summary: "up to a loaded staging schema",
  description:
    "Preflight, snapshot, profile and plan if need be, then loads the rows into the staging schema and builds keys, indexes and constraints. The application sees nothing of it.",
  options: [...runFlags],
  examples: ["rowhaul load pipelines/knowledge-base.yaml"],
  load: async () => (await import("../commands/load.ts")).loadCommand,
};
