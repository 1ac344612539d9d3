import { exitStatus } from "../../core/messages/exit-status.ts";
import { copySettings, run } from "../../index.ts";
import type { Command } from "../command.ts";
import { existingFlags, existingOf, occupiedHint } from "./existing-flags.ts";
import { finishRun } from "./finish-run.ts";
import { missingOf } from "./missing-option.ts";
import { embeddedSteps, mismatchHint, questionsHint, runSteps } from "./next-steps.ts";
import { namesOf, required, runFlags, runOptions, withHints } from "./run-options.ts";

export const importCommand: Command = {
  name: "import",
  arguments: "<export | json-file> <postgres-url | embedded | file.db>",
  summary: "put an export, or a JSON file, into PostgreSQL or SQLite",
  description:
    "Checks the manifest and every file's checksum, loads into staging, proves every cell, and only then makes the tables visible. Tables that are there already are refused, unless one of --append, --merge, --skip, --replace (also called --clear) or --keep-aside says what should become of them; what --replace and --merge replace is kept until `rowhaul clean`.",
  options: [...runFlags, "schema", "missing", ...existingFlags, "clear"],
  examples: [
    "rowhaul import backup-2026-11-21 postgres://me@localhost/staging",
    "rowhaul import backup-2026-11-21 staging.db --replace",
    "rowhaul import users.ndjson.gz embedded",
    "rowhaul import users.json users.db --missing null",
  ],
  async run(call) {
    const schema = call.value("schema");
    const tables = call.value("tables");
    const settings = copySettings(required(call, 0, "an export or a JSON file"), required(call, 1, "a target"), {
      verb: "import",
      existing: existingOf(call),
      ...missingOf(call),
      ...(schema === undefined ? {} : { schema }),
      ...(tables === undefined ? {} : { tables: namesOf(tables) }),
    });
    const result = await run(settings, runOptions(call, settings)).catch((thrown: unknown) => {
      throw withHints(thrown, {
        TARGET_OCCUPIED: occupiedHint(settings),
        HAZARDS_NOT_ACCEPTED: questionsHint(call, settings, thrown),
        ...mismatchHint(call, settings),
        PIPELINE_CHANGED: "Give the same options as before to go on, or start over with --fresh.",
      });
    });
    const moved = result.stage === "done" && settings.target.kind === "embedded";
    finishRun(call, result, moved ? embeddedSteps(result, settings) : runSteps(call, result));
    return exitStatus.ok;
  },
};
