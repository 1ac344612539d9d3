import { existsSync } from "node:fs";
import { relative } from "node:path";
import { RowhaulError } from "../../core/messages/errors.ts";
import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import { nearest } from "../../core/messages/nearest.ts";
import { shellWord } from "../../core/messages/shell-word.ts";
import type { Settings } from "../../core/settings.ts";
import { copySettings } from "../../pipeline/file/copy-settings.ts";
import { shownPlace, targetAt } from "../../pipeline/file/places.ts";
import { copy } from "../../pipeline/jobs/copy.ts";
import type { Call } from "../command.ts";
import { existingOf, occupiedHint } from "./existing-flags.ts";
import { finishRun } from "./finish-run.ts";
import { missingOf } from "./missing-option.ts";
import { embeddedSteps, mismatchHint, questionsHint, runSteps } from "./next-steps.ts";
import { type Hints, namesOf, required, runOptions, withHints } from "./run-options.ts";

export async function copyCommand(call: Call): Promise<ExitStatus> {
  const file = required(call, 0, "a source");
  const schema = call.value("schema");
  const tables = call.value("tables");
  const sourceSchema = call.value("source-schema");
  const target = required(call, 1, "a target: postgres://…, `embedded` or a SQLite file");
  refuseOtherTargets(target);
  const places = {
    existing: existingOf(call),
    ...missingOf(call),
    ...(schema === undefined ? {} : { schema }),
    ...(sourceSchema === undefined ? {} : { sourceSchema }),
    ...(tables === undefined ? {} : { tables: namesOf(tables) }),
  };
  const settings = copySettings(file, target, places);
  const result = await copy(file, target, { ...places, ...runOptions(call, settings) }).catch((thrown: unknown) => {
    throw withHints(thrown, {
      TARGET_OCCUPIED: occupiedHint(settings),
      HAZARDS_NOT_ACCEPTED: questionsHint(call, settings, thrown),
      ...mismatchHint(call, settings),
      ...swappedHint(settings),
      PIPELINE_CHANGED: "Give the same options as before to go on, or start over with --fresh.",
    });
  });
  const moved = result.stage === "done" && settings.target.kind === "embedded";
  finishRun(call, result, moved ? embeddedSteps(result, settings) : runSteps(call, result));
  return exitStatus.ok;
}

/** The server is empty and the file exists: the two were probably swapped. */
function swappedHint({ source, target }: Settings): Hints {
  if (source.kind !== "postgres" || target.kind !== "sqlite" || !existsSync(target.path)) return {};
  const meant = `rowhaul copy ${shellWord(relative(process.cwd(), target.path))} ${shellWord(shownPlace(source.url))}`;
  return { SOURCE_EMPTY: `The source is named first. Was it meant the other way round? \`${meant}\`` };
}

function refuseOtherTargets(target: string): void {
  if (targetAt(target) !== null) return;
  // Never repeat what may hold a password.
  const shown = /^[\w./-]+$/.test(target) ? `"${target}"` : "The target";
  throw new RowhaulError("USAGE", `${shown} is neither a URL, nor \`embedded\`, nor a SQLite file.`, {
    hint:
      nearest(target, ["embedded"]) === null
        ? "A target is postgres://user@host:5432/database, `embedded`, or a file such as app.db."
        : "Did you mean `embedded`?",
  });
}
