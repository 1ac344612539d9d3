/** What the pipeline's environment requires beside the move: a backup, a downtime limit, seed data, notifications. */
import { resolve } from "node:path";
import { cleanedUpAwaited } from "../../core/messages/clean-up.ts";
import type { Plan } from "../../core/plan/plan.ts";
import type { SnapshotInfo } from "../../core/ports.ts";
import {
  type DowntimeClock,
  downtimeCheck,
  estimateDowntime,
  refuseDowntime,
  startDowntime,
} from "../../operations/downtime.ts";
import { notify } from "../../operations/notify/notify.ts";
import { notificationOf } from "../../operations/notify/outcome.ts";
import { downtimeSeconds } from "../../operations/phase-seconds.ts";
import type { RunFolder } from "../../run-folder/run-folder.ts";
import type { Context } from "./context.ts";
import { earlierRuns, phaseSeconds, unlessDamaged } from "./earlier-runs.ts";
import type { RunResult } from "./run-options.ts";

/** A copy of the snapshot where the environment wants its backups. */
export async function backUp({ settings, emit, signal }: Context, info: SnapshotInfo): Promise<void> {
  const { backup, backups } = settings.environment;
  if (backup !== "make") return;
  const { makeBackup } = await import("../../backups/make-backup.ts");
  const made = await makeBackup({
    snapshot: info,
    name: settings.name,
    folder: backups?.folder ?? null,
    base: settings.folder,
    signal,
  });
  emit({ type: "check", name: "backup", outcome: "ok", message: made.message });
}

/** Before the switch: whatever ends the run from there on, the next one knows that the seed is still to come. */
export function expectSeed({ settings }: Context, folder: RunFolder): void {
  if (settings.environment.seed !== null) folder.update({ seed: "expected" });
}

/** Whether a run that is switched lacks its seed, as far as its folder says. */
export function lacksSeed({ settings }: Context, { record }: RunFolder): boolean {
  return record.stage === "done" && record.seed === "expected" && settings.environment.seed !== null;
}

export async function insertSeed(context: Context, folder: RunFolder): Promise<void> {
  const { settings, parts, emit, signal } = context;
  const { seed } = settings.environment;
  if (seed === null || !lacksSeed(context, folder)) return;
  const summary = await parts.queries.seed(folder.id, resolve(settings.folder, seed), signal);
  folder.update({ seed: "in" });
  emit({ type: "notice", level: "info", message: `Seed: ${summary ?? `${seed} was in already`}.` });
}

/** Now that the rows are counted, the estimate is better than preflight's. */
export function refuseLongDowntime({ settings, home }: Context, folder: RunFolder, plan: Plan): void {
  const bytes = folder.record.snapshot?.bytes ?? 0;
  const estimate = estimateDowntime(bytes, plan.estimate.rows, earlierRuns(home));
  refuseDowntime(downtimeCheck(settings.environment.maxDowntimeMs, estimate));
}

/** Whatever the application writes after the snapshot is refused at cutover: it waits from then on. */
export function downtimeClock({ settings }: Context, { record }: RunFolder): DowntimeClock {
  return startDowntime(settings.environment.maxDowntimeMs, new Date(record.snapshot?.takenAt ?? Date.now()));
}

/** Of a run that failed; returns what it failed with, which no failure to say so hides. */
export async function notifyFailure(context: Context, startedAt: Date, thrown: unknown): Promise<unknown> {
  return cleanedUpAwaited(thrown, () => notifyOutcome(context, startedAt, { thrown }));
}

/** Sends the outcome of a run to whom the pipeline's environment names. */
export async function notifyOutcome(
  { settings, parts, home, emit }: Context,
  startedAt: Date,
  end: (RunResult & { readonly rolledBack?: true }) | { readonly thrown: unknown },
): Promise<void> {
  const { environment } = settings;
  if (environment.notify.length === 0) return;
  const latest = unlessDamaged(() => home.latest(), emit);
  // The latest run may have finished before this one, which may have failed before it had a folder.
  const finishedAt = latest === null ? null : unlessDamaged(() => latest.record.finishedAt, emit);
  const isEarlier = (finishedAt ?? "9999") < startedAt.toISOString();
  const folder = isEarlier ? null : latest;
  const done = !("thrown" in end) && end.stage === "done";
  const notification = notificationOf(
    {
      pipeline: settings.name,
      environment: environment.name,
      source: parts.source.shown,
      target: parts.target.shown,
      startedAt: startedAt.toISOString(),
      downtimeSeconds: done && folder !== null ? downtimeSeconds(phaseSeconds(folder, emit)) : null,
    },
    // A notification's `outcome` has been the sentence from the start.
    "thrown" in end ? { ...end, run: folder?.id ?? null } : { ...end, outcome: end.summary },
  );
  const options = { folder: settings.folder, secrets: parts.target.secrets };
  for (const message of await notify(environment.notify, notification, options))
    emit({ type: "notice", level: "warning", message });
}
