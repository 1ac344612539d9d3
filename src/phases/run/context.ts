/** What every phase is given. */
import type { Emit, PhaseName } from "../../core/events.ts";
import type { Parts } from "../../core/ports.ts";
import type { Settings } from "../../core/settings.ts";
import type { Planner } from "../../plan/planned.ts";
import type { RunHome } from "../../run-folder/run-home.ts";

export type Context = {
  readonly settings: Settings;
  /** Makes the plan for this kind of target. Pure. */
  readonly planner: Planner;
  readonly parts: Parts;
  readonly home: RunHome;
  readonly emit: Emit;
  readonly signal: AbortSignal;
};

/** Runs a phase between its two events; `work` returns the phase's summary beside its result. */
export async function phase<T>(
  context: Context,
  name: PhaseName,
  work: () => Promise<{ result: T; summary: string }>,
): Promise<T> {
  context.signal.throwIfAborted();
  context.emit({ type: "phase", phase: name, state: "started" });
  const start = performance.now();
  const { result, summary } = await work();
  context.emit({ type: "phase", phase: name, state: "finished", seconds: (performance.now() - start) / 1000, summary });
  return result;
}

export function bytesText(bytes: number): string {
  if (bytes < 1 << 20) return `${Math.max(1, Math.round(bytes / 1024))} kB`;
  return bytes < 1 << 30 ? `${(bytes / (1 << 20)).toFixed(1)} MB` : `${(bytes / (1 << 30)).toFixed(2)} GB`;
}
