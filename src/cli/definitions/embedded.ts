import type { Command } from "../command.ts";

export const upCommand: Command = {
  name: "up",
  arguments: "[folder]",
  summary: "start the embedded PostgreSQL of a folder and leave it running",
  description:
    "Prints the URL, with its password, to standard output. The folder is the one of the pipeline file whose target is `embedded`.",
  options: ["embedded"],
  examples: ["rowhaul up pipelines", 'psql "$(rowhaul up pipelines)"'],
  load: async () => (await import("../commands/embedded.ts")).upCommand,
};

export const downCommand: Command = {
  name: "down",
  arguments: "[folder]",
  summary: "stop the embedded PostgreSQL of a folder; its data stay",
  description:
    "Stops the server that `up` left running, or one that a killed run left behind. With --remove its data go too, after a question; without a terminal that needs --yes.",
  options: ["embedded", "remove", "yes"],
  examples: ["rowhaul down pipelines", "rowhaul down pipelines --remove"],
  load: async () => (await import("../commands/embedded.ts")).downCommand,
};

export const queryCommand: Command = {
  name: "query",
  arguments: "<sql> [postgres-url]",
  summary: "ask the embedded PostgreSQL (or a server) something",
  description:
    "Starts the embedded PostgreSQL of the folder if need be, runs one statement in a read-only transaction, prints its rows and leaves the server as it was.",
  options: ["embedded"],
  examples: ['rowhaul query "SELECT count(*) FROM kb_entries" --embedded pipelines'],
  load: async () => (await import("../commands/embedded.ts")).queryCommand,
};
