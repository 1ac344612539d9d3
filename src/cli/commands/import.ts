import { type ExitStatus, exitStatus } from "../../core/messages/exit-status.ts";
import { copySettings } from "../../pipeline/file/copy-settings.ts";
import { importData } from "../../pipeline/jobs/copy.ts";
import type { Call } from "../command.ts";
import { existingOf, occupiedHint } from "./existing-flags.ts";
import { finishRun } from "./finish-run.ts";
import { missingOf } from "./missing-option.ts";
import { embeddedSteps, mismatchHint, questionsHint, runSteps } from "./next-steps.ts";
import { namesOf, required, runOptions, withHints } from "./run-options.ts";

export async function importCommand(call: Call): Promise<ExitStatus> {
  const schema = call.value("schema");
  const tables = call.value("tables");
  const source = required(call, 0, "an export or a JSON file");
  const target = required(call, 1, "a target");
  const places = {
    existing: existingOf(call),
    ...missingOf(call),
    ...(schema === undefined ? {} : { schema }),
    ...(tables === undefined ? {} : { tables: namesOf(tables) }),
  };
  const settings = copySettings(source, target, { verb: "import", ...places });
  const options = { ...places, ...runOptions(call, settings) };
  const result = await importData(source, target, options).catch((thrown: unknown) => {
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
}
