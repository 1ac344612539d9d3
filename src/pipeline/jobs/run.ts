/** The phases of a pipeline, all or some of them. */
import type { Settings } from "../../core/settings.ts";
import { rollbackRun } from "../../phases/run/rollback-run.ts";
import { run as runPhases } from "../../phases/run/run.ts";
import type { RunResult } from "../../phases/run/run-options.ts";
import { validateRun } from "../../phases/run/validate-run.ts";
import { composed } from "./composed.ts";
import type {
  CheckOptions,
  CutoverOptions,
  InnerRunOptions,
  LoadOptions,
  PlanOptions,
  RollbackOptions,
  RunOptions,
  ValidateOptions,
} from "./options.ts";

/** The whole job: preflight to cutover. Throws RowhaulError. */
export async function run(settings: Settings, options: RunOptions = {}): Promise<RunResult> {
  return runUntil(settings, options);
}

/** Preflight alone: is everything there, reachable and whole? Changes nothing. Throws SOURCE_*, TARGET_*, LOCAL_DISK. */
export async function check(settings: Settings, options: CheckOptions = {}): Promise<RunResult> {
  return runUntil(settings, { ...options, until: "preflight" });
}

/** Preflight to plan; changes nothing in the target. Throws HAZARDS_NOT_ACCEPTED when the plan could not be executed. */
export async function plan(settings: Settings, options: PlanOptions = {}): Promise<RunResult> {
  return runUntil(settings, { ...options, until: "plan" });
}

/** Up to a loaded staging schema, of which the application sees nothing. Throws RowhaulError. */
export async function load(settings: Settings, options: LoadOptions = {}): Promise<RunResult> {
  return runUntil(settings, { ...options, until: "load" });
}

/** Switches the application to the newest run, which must be validated. Throws NOT_VALIDATED, SOURCE_CHANGED, CUTOVER_FAILED. */
export async function cutover(settings: Settings, options: CutoverOptions = {}): Promise<RunResult> {
  return runUntil(settings, { ...options, until: "cutover", validated: true });
}

/** Proves the newest run again, in staging or live. Throws VALIDATION_FAILED. */
export async function validate(settings: Settings, options: ValidateOptions = {}): Promise<RunResult> {
  return composed(settings, options, (context) => validateRun(context));
}

/** Back to what was before the newest cutover. Throws ROLLBACK_REFUSED when that would hide new rows. */
export async function rollback(settings: Settings, options: RollbackOptions = {}): Promise<RunResult> {
  const confirm = options.confirm;
  return composed(settings, options, (context) =>
    rollbackRun(context, {
      discardNewWrites: options.discardNewWrites ?? false,
      confirm: confirm === undefined ? async () => true : (folder) => confirm(folder.plan),
    }),
  );
}

/** For other jobs, which may say more than a caller. */
export async function runUntil(settings: Settings, options: InnerRunOptions): Promise<RunResult> {
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
