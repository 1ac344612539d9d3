/** From so many rows on, what SQLite does in one call may take seconds, and is done in a process that an abort ends. */
export const manyRows = 100_000;
