/** Where a fault struck: the phase that was begun last, and the journal's last step that this command wrote. */
export function whereNow(running, place, { verb }) {
  const phases = running.marks.filter(({ name }) => name !== "paused");
  const step = place.lastJournalStep();
  // what had gone before a rollback wrote as well
  const earlier = verb === "clean" || (verb === "rollback" && step !== "rollback" && step !== "undone");
  return { phase: phases.at(-1)?.name ?? null, journal: earlier ? null : step };
}
