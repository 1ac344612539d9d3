/** The phases of a pipeline, all or some of them. */
import type { Settings } from "../../core/settings.ts";
import { rollbackRun, run as runPhases, validateRun } from "../../phases/run.ts";
import type { RunResult } from "../../phases/run-options.ts";
import { composed } from "./composed.ts";
import type { Options } from "./options.ts";

/** The whole job: preflight to cutover. Throws RowhaulError. */
export async function run(settings: Settings, options: Options = {}): Promise<RunResult> {
  return composed(settings, options, (context) =>
    runPhases(context, {
      until: options.until ?? "cutover",
      fresh: options.fresh ?? false,
      dryRun: options.dryRun ?? false,
      forward: options.forward ?? false,
      validated: options.validated ?? false,
      discardNewWrites: options.discardNewWrites ?? false,
      confirm: options.confirm ?? (async () => true),
      onPlan: options.onPlan ?? (() => {}),
    }),
  );
}

/** Preflight to plan; changes nothing in the target. Throws HAZARDS_NOT_ACCEPTED when the plan could not be executed. */
export async function plan(settings: Settings, options: Options = {}): Promise<RunResult> {
  return run(settings, { ...options, until: "plan" });
}

/** Proves the newest run again, in staging or live. Throws VALIDATION_FAILED. */
export async function validate(settings: Settings, options: Options = {}): Promise<RunResult> {
  return composed(settings, options, (context) => validateRun(context));
}

/** Back to what was before the newest cutover. Throws ROLLBACK_REFUSED when that would hide new rows. */
export async function rollback(settings: Settings, options: Options = {}): Promise<RunResult> {
  const confirm = options.confirm;
  return composed(settings, options, (context) =>
    rollbackRun(context, {
      discardNewWrites: options.discardNewWrites ?? false,
      confirm: confirm === undefined ? async () => true : (folder) => confirm(folder.plan),
    }),
  );
}
