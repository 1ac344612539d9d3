import { resolve } from "node:path";
import { exitStatus } from "../../core/exit-status.ts";
import { copySettings, run } from "../../index.ts";
import type { Command } from "../command.ts";
import { finishRun } from "./finish-run.ts";
import { namesOf, required, runFlags, runOptions, shownTarget } from "./run-options.ts";

export const copyCommand: Command = {
  name: "copy",
  arguments: "<sqlite-file> <postgres-url | embedded>",
  summary: "move one database, without a pipeline file",
  description:
    "The whole job for one SQLite file, with the defaults of a pipeline file. Give the URL without a password and set PGPASSWORD to keep it out of the process list.",
  options: [...runFlags, "schema", "keep-aside"],
  examples: [
    "rowhaul copy app.db postgres://me@localhost/app",
    "rowhaul copy app.db embedded --accept-all",
    "rowhaul copy app.db postgres://me@db.example/app --tables 'users,orders*'",
  ],
  async run(call) {
    const file = resolve(required(call, 0, "a SQLite file"));
    const schema = call.value("schema");
    const tables = call.value("tables");
    const settings = copySettings(file, required(call, 1, "a target: postgres://… or `embedded`"), {
      existing: call.flag("keep-aside") ? "keep-aside" : "refuse",
      ...(schema === undefined ? {} : { schema }),
      ...(tables === undefined ? {} : { tables: namesOf(tables) }),
    });
    finishRun(call, await run(settings, runOptions(call, shownTarget(settings))), "");
    return exitStatus.ok;
  },
};
