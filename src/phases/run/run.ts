/**
 * A run: the phases in order, on a run folder that remembers how far it came.
 * Each command of the command line is a run that stops after its phase.
 */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cleanedUpAwaited, cleaningUp } from "../../core/messages/clean-up.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { Plan } from "../../core/plan/plan.ts";
import type { TargetFacts } from "../../core/plan/target-facts.ts";
import { isBefore } from "../../core/run-stages.ts";
import type { Session } from "../../core/session.ts";
import type { DowntimeClock } from "../../operations/downtime.ts";
import { type PhaseSeconds, timePhases } from "../../operations/phase-seconds.ts";
import { claimFolder } from "../../run-folder/at-work.ts";
import { Journal } from "../../run-folder/journal.ts";
import type { RunFolder } from "../../run-folder/run-folder.ts";
import { cutOver } from "../cutover.ts";
import { finish } from "../finish.ts";
import { refuseToReplaceWrites } from "../live-writes.ts";
import { load } from "../load.ts";
import { measureMoved, measureSource } from "../performance.ts";
import { plan as planPhase, refuseUnaccepted } from "../plan.ts";
import { preflight } from "../preflight.ts";
import { profile } from "../profile.ts";
import { reportOrWarn, writeReport } from "../report.ts";
import { undoInterrupted } from "../rollback.ts";
import { sameSnapshot, snapshot } from "../snapshot.ts";
import { transform, verifyReshaped } from "../transform.ts";
import { validate } from "../validate.ts";
import { announce } from "./announce.ts";
import type { Context } from "./context.ts";
import { findEarlier, reckonWith } from "./earlier-run.ts";
import { phaseSeconds, savePhaseSeconds, unlessDamaged } from "./earlier-runs.ts";
import {
  backUp,
  downtimeClock,
  expectSeed,
  insertSeed,
  lacksSeed,
  notifyFailure,
  notifyOutcome,
  refuseLongDowntime,
} from "./environment-steps.ts";
import { inSession } from "./in-session.ts";
import { checkKnown } from "./known-state.ts";
import { outcomeAt } from "./outcome.ts";
import { hasOpenJournal, isUnchanged, resumable } from "./resume.ts";
import type { RunOptions, RunResult } from "./run-options.ts";
import { nothingToDo, runResult, summaryOf } from "./run-result.ts";

/** Runs the phases, then sends the notifications that the pipeline's environment asks for. */
export async function run(context: Context, options: RunOptions): Promise<RunResult> {
  const startedAt = new Date();
  if (options.until === "preflight" || options.until === "plan" || options.dryRun) return performRun(context, options);
  let result: RunResult;
  try {
    result = await performRun(context, options);
  } catch (thrown) {
    throw await notifyFailure(context, startedAt, thrown);
  }
  await notifyOutcome(context, startedAt, result);
  return result;
}

async function performRun(context: Context, options: RunOptions): Promise<RunResult> {
  const found = await findEarlier(context, options);
  const earlier = found.lost === null ? found.folder : null;
  let resumed = await resumable(context, earlier, options);
  if (resumed?.record.stage === "done") {
    if (await isUnchanged(context, resumed, options))
      return lacksSeed(context, resumed) ? completeSeed(context, resumed, options) : nothingToDo(resumed);
    if (options.validated) await checkKnown(context, resumed);
    // Finished, but the source went on since: that is another run.
    resumed = null;
  }
  if (options.validated && resumed?.record.stage !== "validated" && !hasOpenJournal(resumed)) {
    throw new RowhaulError(
      "NOT_VALIDATED",
      `The newest run of ${context.settings.name} is not validated (${earlier?.record.stage ?? "there is none"}).`,
      // Only what is loaded can be proven.
      resumed?.record.stage === "loaded" ? {} : { hint: "`rowhaul run <pipeline>` does the whole job." },
    );
  }
  const purposes = { preflight: "check", plan: "plan" } as const;
  const purpose = options.until === "preflight" || options.until === "plan" ? purposes[options.until] : "run";
  const facts = await preflight(context, resumed?.record.id ?? null, purpose);
  if (options.until === "preflight")
    return { run: null, stage: null, plan: null, outcome: "go", summary: "go", folder: null };
  const claim = claimFolder(context.home.path, { overDamaged: options.fresh });
  const claimed = async (): Promise<RunResult> => {
    const known = await reckonWith(context, found, options);
    if (resumed === null) await undoOpenCutover(context, known, options);
    const folder = resumed ?? startRun(context, known);
    const timer = timePhases(context.emit, phaseSeconds(folder, context.emit));
    const measured = { ...context, emit: timer.emit };
    return cleaningUp(
      () => runPhases(measured, folder, resumed !== null, facts, options),
      () => saveSeconds(context, folder, timer.seconds()),
    );
  };
  return cleaningUp(claimed, claim.release);
}

/** They are for estimates alone: whatever became of the run counts more. */
function saveSeconds({ emit }: Context, folder: RunFolder, seconds: PhaseSeconds): void {
  if (existsSync(folder.path)) unlessDamaged(() => savePhaseSeconds(folder, seconds), emit);
}

async function runPhases(
  context: Context,
  folder: RunFolder,
  resumed: boolean,
  facts: TargetFacts,
  options: RunOptions,
): Promise<RunResult> {
  await announce(context, folder, resumed);
  const made = await upToPlan(context, folder, facts, options);
  options.onPlan(made);
  // Also for a run that is refused or stops later: until it ends, this is the only report.
  await writeReport(context, folder);
  if (options.until === "plan" || options.dryRun) {
    refuseUnaccepted(made);
    return options.dryRun
      ? runResult(folder, made, "dry run", "dry run: nothing was changed")
      : runResult(folder, made, "planned", "planned");
  }
  refuseUnaccepted(made);
  refuseLongDowntime(context, folder, made);
  await refuseToReplaceWrites(context, folder, options);
  if (!(await options.confirm(made))) throw new RowhaulError("NOT_CONFIRMED", "Not confirmed; nothing was changed.");
  return inTime(context, folder, (timed, clock) =>
    inSession(timed, folder, made, async (session, leased) => {
      await execute(leased, folder, session, options);
      clock.stop();
      const report = await reportOrWarn(leased, folder);
      // What a transform left behind is none of the plan's rows.
      const left = report === null ? 0 : report.quarantined - (folder.transforms?.quarantine.length ?? 0);
      const { record } = folder;
      return runResult(folder, made, outcomeAt(record.stage), summaryOf(record, made, context.settings, left));
    }),
  );
}

/** The work is aborted when the downtime that the environment allows is over. */
async function inTime<T>(
  context: Context,
  folder: RunFolder,
  work: (context: Context, clock: DowntimeClock) => Promise<T>,
): Promise<T> {
  const clock = downtimeClock(context, folder);
  try {
    return await work({ ...context, signal: AbortSignal.any([context.signal, clock.signal]) }, clock);
  } finally {
    clock.stop();
  }
}

/** Phases up to the plan, or the saved plan of a run that got so far. */
async function upToPlan(context: Context, folder: RunFolder, facts: TargetFacts, options: RunOptions): Promise<Plan> {
  const stage = folder.record.stage;
  if (!isBefore(stage, "loading")) {
    await sameSnapshot(context, folder);
    await verifyReshaped(context, folder);
    return folder.plan;
  }
  const info = folder.record.snapshot === null ? await snapshot(context, folder) : await sameSnapshot(context, folder);
  if (!options.dryRun && options.until !== "plan") await backUp(context, info);
  await measureSource(context, folder, info);
  await verifyReshaped(context, folder);
  if (options.until !== "plan" && stage === "planned") return folder.plan;
  const look = async (timed: Context): Promise<Plan> => {
    const transformed = await transform(timed, folder, info);
    return planPhase(timed, folder, await profile(timed, folder, transformed), facts);
  };
  // Who only asks for a plan keeps no application waiting.
  return options.dryRun || options.until === "plan" ? look(context) : inTime(context, folder, look);
}

async function execute(context: Context, folder: RunFolder, session: Session, options: RunOptions): Promise<void> {
  const { target } = context.parts;
  const { run: id, plan } = session;
  if (options.forward && new Journal(folder.journalPath).open()?.[0]?.step === "cutover") {
    await cutOver(context, folder, session, true);
    await insertSeed(context, folder);
    return;
  }
  await undoInterrupted(context, folder, session, options.discardNewWrites);
  if (isBefore(folder.record.stage, "loading")) {
    const { schema, staging, aside } = plan.target;
    // Killed between this transaction and the record of it: the row is there already.
    if ((await target.runs.read(id)) === null) {
      const install = context.parts.installSearch(plan);
      const digest = planDigest(plan);
      const row = { run: id, pipeline: plan.name, schema, staging, aside, plan: digest, status: "loading" } as const;
      await session.create(row, install);
    }
    folder.update({ stage: "loading", existing: context.settings.target.existing });
  }
  if (folder.record.stage === "loading") {
    await load(context, folder, session);
    await finish(context, folder, session);
  }
  if (options.until === "load") return;
  if (folder.record.stage === "loaded") {
    try {
      await validate(context, folder, plan, { schema: plan.target.staging, live: null });
    } catch (thrown) {
      throw await cleanedUpAwaited(thrown, () => writeReport(context, folder));
    }
    await measureMoved(context, folder, plan, plan.target.staging);
    await session.setStatus("validated");
    folder.update({ stage: "validated" });
  }
  if (options.until === "validate" || context.settings.environment.validateOnly) return;
  if (folder.record.stage !== "validated") return;
  await refuseToReplaceWrites(context, folder, options);
  expectSeed(context, folder);
  await cutOver(context, folder, session);
  await insertSeed(context, folder);
}

/** All that is left of a run that was killed after its switch, or whose seed failed. */
async function completeSeed(context: Context, folder: RunFolder, options: RunOptions): Promise<RunResult> {
  const { plan } = folder;
  // Asked for less than the whole job.
  if (options.until !== "cutover" || options.dryRun) return nothingToDo(folder);
  if (!(await options.confirm(plan))) throw new RowhaulError("NOT_CONFIRMED", "Not confirmed; nothing was changed.");
  const claim = claimFolder(context.home.path);
  await cleaningUp(() => inSession(context, folder, plan, (_, leased) => insertSeed(leased, folder)), claim.release);
  return runResult(folder, plan, "done", `run ${folder.id}, which was switched before, has its seed now`);
}

/** A new run must not hide an interrupted cutover: that is rolled back first. */
async function undoOpenCutover(context: Context, earlier: RunFolder | null, options: RunOptions): Promise<void> {
  if (earlier === null || !hasOpenJournal(earlier)) return;
  if (options.until === "plan" || options.dryRun)
    throw new RowhaulError("OPEN_JOURNAL", `The cutover of run ${earlier.record.id} was interrupted.`);
  await inSession(context, earlier, earlier.plan, async (session, leased) => {
    await undoInterrupted(leased, earlier, session, options.discardNewWrites);
  });
}

/** What an unfinished earlier run never put into the target is not worth keeping. */
function startRun(context: Context, earlier: RunFolder | null): RunFolder {
  if (earlier !== null && isBefore(earlier.record.stage, "loading")) earlier.remove();
  else if (earlier?.record.untold === true) earlier.tell();
  return context.home.start(context.settings.name, context.settings.digest, new Date());
}

function planDigest(plan: Plan): string {
  return createHash("sha256").update(JSON.stringify(plan)).digest("hex");
}
