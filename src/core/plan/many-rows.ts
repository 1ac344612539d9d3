/** From this many rows on, a single call of SQLite may take seconds, so it runs in a process that an abort can end. */
export const manyRows = 100_000;
