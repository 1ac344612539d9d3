import { resolve } from "node:path";
import { RowhaulError } from "../../core/errors.ts";
import { exitStatus } from "../../core/exit-status.ts";
import { copySettings, run } from "../../index.ts";
import { nearest } from "../../pipeline/nearest.ts";
import type { Command } from "../command.ts";
import { finishRun } from "./finish-run.ts";
import { embeddedSteps, shellWord } from "./next-steps.ts";
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
    const target = required(call, 1, "a target: postgres://… or `embedded`");
    refuseOtherTargets(target);
    const settings = copySettings(file, target, {
      existing: call.flag("keep-aside") ? "keep-aside" : "refuse",
      ...(schema === undefined ? {} : { schema }),
      ...(tables === undefined ? {} : { tables: namesOf(tables) }),
    });
    const result = await run(settings, runOptions(call, shownTarget(settings))).catch((thrown: unknown) => {
      throw withoutPipelineFile(thrown, required(call, 0, "a SQLite file"));
    });
    const moved = result.stage === "done" && settings.target.kind === "embedded";
    finishRun(call, result, moved ? embeddedSteps(result, settings) : []);
    return exitStatus.ok;
  },
};

function refuseOtherTargets(target: string): void {
  if (target === "embedded" || target.includes("://")) return;
  // Whatever may hold a password is not repeated.
  const shown = /^[\w./-]+$/.test(target) ? `"${target}"` : "The target";
  throw new RowhaulError("USAGE", `${shown} is neither a URL nor \`embedded\`.`, {
    hint:
      nearest(target, ["embedded"]) === null
        ? "A target is postgres://user@host:5432/database, or `embedded`."
        : "Did you mean `embedded`?",
  });
}

/** Errors' hints speak of the pipeline file; here there is none to edit. */
function withoutPipelineFile(thrown: unknown, file: string): unknown {
  if (!(thrown instanceof RowhaulError)) return thrown;
  const hints: Readonly<Record<string, string>> = {
    TARGET_OCCUPIED: "Add --keep-aside, or --schema <name>.",
    HAZARDS_NOT_ACCEPTED: `Take every default with --accept-all, or write a pipeline file: \`rowhaul init ${shellWord(file)}\`.`,
  };
  const hint = hints[thrown.code];
  if (hint === undefined) return thrown;
  const { code, message, place, details } = thrown;
  return new RowhaulError(code, message, { hint, place, details, cause: thrown });
}
