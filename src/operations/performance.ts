/**
 * The performance baseline: the environment's queries on the source's snapshot,
 * then the same on the target before it is switched to. Medians are compared,
 * because a first run warms caches and any run can be disturbed.
 */

import type { PerformanceSettings } from "../core/environment.ts";
import { plural } from "../core/messages/count.ts";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import { askFile } from "../sqlite/ask-file.ts";
import { type CheckLine, failure, ok, warning } from "./checklist.ts";
import { aboutDuration } from "./duration.ts";

/** Plain JSON, kept in the run folder so that a resumed run compares with the same baseline. */
export type Measurement =
  | { readonly name: string; readonly rows: number; readonly medianMs: number }
  | { readonly name: string; readonly error: string };

/** Runs one statement of the target's and gives its rows; the caller makes the transaction read-only and sets the schema. */
export type Ask = (sql: string) => Promise<readonly unknown[]>;

/** The source's SQL as the target's, or why there is none. */
export type Translate = (
  sql: string,
) => { readonly ok: true; readonly sql: string } | { readonly ok: false; readonly reason: string };

/** In a process of its own. A query that fails has an error for a measurement. */
export async function measureBaseline(
  settings: PerformanceSettings,
  snapshot: string,
  signal: AbortSignal,
): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  for (const { name, source } of settings.queries) {
    const runs = Array.from({ length: settings.runs }, () => ({ sql: source, as: "count" }) as const);
    const replies = await askFile(snapshot, runs, signal);
    const [first] = replies;
    if (first === undefined || "error" in first) {
      measured.push({ name, error: first?.error ?? "it was not run" });
      continue;
    }
    const times = replies.flatMap((reply) => ("error" in reply ? [] : [reply.ms]));
    measured.push({ name, rows: first.count, medianMs: median(times) });
  }
  return measured;
}

export async function measureTarget(
  settings: PerformanceSettings,
  ask: Ask,
  translate: Translate,
  signal: AbortSignal,
): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  for (const { name, source, target } of settings.queries) {
    signal.throwIfAborted();
    const statement = target === null ? translate(source) : ({ ok: true, sql: target } as const);
    if (!statement.ok) {
      measured.push({ name, error: `it cannot be translated (${statement.reason}); give \`target\`` });
      continue;
    }
    try {
      measured.push({ name, ...(await timed(() => ask(statement.sql), settings.runs, signal)) });
    } catch (thrown) {
      signal.throwIfAborted();
      measured.push({ name, error: messageOf(thrown) });
    }
  }
  return measured;
}

/** One line a baseline: what there is to compare with. */
export function baselineLines(before: readonly Measurement[]): CheckLine[] {
  return before.map((one) => ({
    name: label(one.name),
    ...("error" in one
      ? failure(`the query fails on the source: ${one.error}`, "Correct `performance.queries`.")
      : ok(`${aboutDuration(one.medianMs)}, ${plural(one.rows, "row")}`)),
  }));
}

/** One line a query. Slower than allowed, or no answer at all, is a failure; other rows than before are a warning. */
export function comparePerformance(
  settings: PerformanceSettings,
  before: readonly Measurement[],
  after: readonly Measurement[],
): CheckLine[] {
  return settings.queries.map(({ name }) => {
    const old = before.find((one) => one.name === name);
    const now = after.find((one) => one.name === name);
    return { name: label(name), ...judge(settings, old, now) };
  });
}

/** Throws TARGET_SLOWER when a line failed. */
export function refuseSlower(lines: readonly CheckLine[]): void {
  const failed = lines.filter((line) => line.outcome === "failure");
  if (failed.length === 0) return;
  throw new RowhaulError(
    "TARGET_SLOWER",
    `${plural(failed.length, "query is", "queries are")} not as fast as it must be:`,
    {
      details: failed.map(({ name, message }) => `${name}: ${message}`),
    },
  );
}

/** Below this, the way to a server and back is most of what is measured. */
const noiseMs = 10;

function judge(settings: PerformanceSettings, old: Measurement | undefined, now: Measurement | undefined) {
  if (old === undefined || "error" in old)
    return failure(`there is no baseline: ${old?.error ?? "it was not measured"}`, "Correct `performance.queries`.");
  if (now === undefined || "error" in now)
    return failure(`the target does not answer it: ${now?.error ?? "it was not run"}`, "Give the query's `target`.");
  const times = `${aboutDuration(now.medianMs)}, ${aboutDuration(old.medianMs)} before`;
  const { factor, limitMs } = settings;
  const remedy = "Add an index, or raise `performance.factor` or `performance.limit`.";
  if (limitMs !== null && now.medianMs > limitMs)
    return failure(`${times}; ${aboutDuration(limitMs)} is allowed`, remedy);
  if (now.medianMs > old.medianMs * factor && now.medianMs - old.medianMs > noiseMs)
    return failure(`${times}; ${factor} times as long is allowed`, remedy);
  if (now.rows !== old.rows)
    return warning(`${times}, but ${plural(now.rows, "row")} instead of ${old.rows}`, "See whether both ask the same.");
  return ok(`${times}, ${plural(now.rows, "row")}`);
}

function label(name: string): string {
  return `performance of ${name}`;
}

async function timed(
  work: () => Promise<readonly unknown[]>,
  runs: number,
  signal: AbortSignal,
): Promise<{ rows: number; medianMs: number }> {
  const times: number[] = [];
  let rows = 0;
  for (let run = 0; run < runs; run++) {
    signal.throwIfAborted();
    const start = performance.now();
    rows = (await work()).length;
    times.push(performance.now() - start);
  }
  return { rows, medianMs: median(times) };
}

function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle] ?? 0, sorted[middle] ?? 0];
  return (low + high) / 2;
}
