/** How rows go into tables that are there already. */

/** Null when the run's tables are to be the schema's, not their rows the tables'. */
export function intoMode(existing: string): IntoMode | null {
  return intoModes.find((mode) => mode === existing) ?? null;
}

/**
 * How rows go into a table that the application made: beside those that are there, in place of those with the same key,
 * only where no row has the key, or in place of all.
 */
export const intoModes = ["append", "merge", "skip", "replace"] as const;

export type IntoMode = (typeof intoModes)[number];
