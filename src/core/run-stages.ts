/** How far a run has come, in order; each stage's work is complete. */
export const runStages = ["new", "snapshot", "planned", "loading", "loaded", "validated", "switched", "done"] as const;

/** `rolled back` has no place in the order: it is neither before another stage nor has it reached one. */
export type RunStage = (typeof runStages)[number] | "rolled back";

/** A run's status in the target's state; it begins with the load. */
export type RunStatus = Exclude<RunStage, "new" | "snapshot" | "planned">;

/** Also for a run that is not there. */
export function hasReached(stage: RunStage | null | undefined, goal: (typeof runStages)[number]): boolean {
  return placeOf(stage) >= placeOf(goal);
}

export function isBefore(stage: RunStage | null | undefined, goal: (typeof runStages)[number]): boolean {
  const place = placeOf(stage);
  return place >= 0 && place < placeOf(goal);
}

function placeOf(stage: RunStage | null | undefined): number {
  return (runStages as readonly (RunStage | null | undefined)[]).indexOf(stage);
}
