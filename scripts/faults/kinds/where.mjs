/** Where a fault struck: the phase that was begun last and the journal's last step. */
export function whereNow(running, place) {
  const phases = running.marks.filter(({ name }) => name !== "paused");
  return { phase: phases.at(-1)?.name ?? null, journal: place.lastJournalStep() };
}
