/** How long the work itself took, without waiting for answers: what later runs are estimated by. */
import type { Emit, PhaseName } from "../core/events.ts";

export type PhaseSeconds = Readonly<Partial<Record<PhaseName, number>>>;

/** Listens to a run's events and passes them on. `earlier`: of the same run, when it is resumed. */
export function timePhases(emit: Emit, earlier: PhaseSeconds = {}): { readonly emit: Emit; seconds(): PhaseSeconds } {
  const seconds: Partial<Record<PhaseName, number>> = { ...earlier };
  return {
    emit(event) {
      if (event.type === "phase" && event.state === "finished")
        seconds[event.phase] = (seconds[event.phase] ?? 0) + event.seconds;
      emit(event);
    },
    seconds: () => ({ ...seconds }),
  };
}

/** The phases during which the application has to wait. */
export function downtimeSeconds(seconds: PhaseSeconds): number {
  const { preflight: _, rollback: __, ...during } = seconds;
  return Object.values(during).reduce((sum, one) => sum + (one ?? 0), 0);
}
