/**
 * Downtime: from the snapshot on, whatever the application writes is refused at
 * cutover, so that is when it has to stop. Estimated before, enforced while it runs.
 */
import { RowhaulError } from "../core/messages/errors.ts";
import { type Answer, failure, ok, warning } from "./checklist.ts";
import { aboutDuration } from "./duration.ts";

/** A finished run: what it moved, and the seconds its phases took from snapshot to cutover. */
export type EarlierRun = { readonly bytes: number; readonly rows: number; readonly seconds: number };

export type DowntimeEstimate = { readonly ms: number; readonly measured: boolean };

/** By the slowest of the newest earlier runs in proportion to what they moved; without any, by rule of thumb. */
export function estimateDowntime(
  bytes: number,
  /** Null while they were not counted. */
  rows: number | null,
  earlier: readonly EarlierRun[],
): DowntimeEstimate {
  const usable = earlier.filter((run) => run.seconds > 0 && run.bytes > 0).slice(-newest);
  if (usable.length === 0) {
    const slower = Math.max(bytes / bytesPerSecond, (rows ?? 0) / rowsPerSecond);
    return { ms: Math.round((alwaysSeconds + slower) * 1000), measured: false };
  }
  const seconds = usable.map((run) => {
    const byRows = rows === null || run.rows === 0 ? 0 : rows / run.rows;
    return run.seconds * Math.max(bytes / run.bytes, byRows);
  });
  return { ms: Math.round(Math.max(...seconds) * 1000), measured: true };
}

/** A measured estimate beyond the limit is a failure; a rule of thumb only warns. Null without a limit. */
export function downtimeCheck(limitMs: number | null, { ms, measured }: DowntimeEstimate): Answer | null {
  if (limitMs === null) return null;
  const basis = measured ? "by earlier runs" : "by rule of thumb; a rehearsal measures it";
  const message = `about ${aboutDuration(ms)} (${basis}); ${aboutDuration(limitMs)} is allowed`;
  if (ms <= limitMs) return ok(message);
  return (measured ? failure : warning)(message, "Raise `maxDowntime`, move fewer tables, or rehearse first.");
}

/** Throws DOWNTIME_EXCEEDED for an answer of {@link downtimeCheck} that failed. */
export function refuseDowntime(answer: Answer | null): void {
  if (answer?.outcome === "failure") throw new RowhaulError("DOWNTIME_EXCEEDED", `The move takes ${answer.message}.`);
}

export type DowntimeClock = {
  /** Aborts with DOWNTIME_EXCEEDED when the limit is reached. Never does without a limit. */
  readonly signal: AbortSignal;
  elapsedMs(): number;
  /** Call it as soon as the cutover is complete, or the run over: the signal stays as it is. Returns the downtime. */
  stop(): number;
};

/** `since`: when the snapshot was taken, which may be in an earlier run that is resumed now. */
export function startDowntime(limitMs: number | null, since: Date, now: Date = new Date()): DowntimeClock {
  const controller = new AbortController();
  // Only the start is by the wall clock, which may be set meanwhile.
  const before = Math.max(0, now.getTime() - since.getTime());
  const start = performance.now();
  let stoppedAt: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  const elapsedMs = (): number => stoppedAt ?? before + performance.now() - start;
  const look = (): void => {
    if (limitMs === null) return;
    const left = limitMs - elapsedMs();
    if (left <= 0) controller.abort(exceeded(limitMs, since));
    // It must not keep the process alive, and Node's timers end at 2^31 ms.
    else timer = setTimeout(look, Math.min(Math.ceil(left), 2 ** 31 - 1)).unref();
  };
  look();
  return {
    signal: controller.signal,
    elapsedMs,
    stop() {
      clearTimeout(timer);
      stoppedAt = elapsedMs();
      return stoppedAt;
    },
  };
}

/** Earlier runs that are examined: the machine and the data change. */
const newest = 5;
const alwaysSeconds = 2;
/** Well below what is usually reached, with validation. */
const bytesPerSecond = 4_000_000;
const rowsPerSecond = 20_000;

function exceeded(limitMs: number, since: Date): RowhaulError {
  return new RowhaulError(
    "DOWNTIME_EXCEEDED",
    `The snapshot was taken at ${since.toISOString()}, more than ${aboutDuration(limitMs)} ago, and the cutover is not complete.`,
  );
}
