/**
 * How long a server that does not answer is waited for. The three differ by what giving up too early would cost, and by
 * what waits meanwhile.
 */

/** While rows are on their way: nothing but time is lost by waiting, and a rerun resumes. Looked at in six parts. */
export const silenceMs = 30_000;

/**
 * After a COMMIT without an answer: a server that restarts, or recovers from a crash, has this long to say what became
 * of it, for nothing else can. After an abort somebody waits for the end, so it is a quarter.
 */
export const commitMs = 20_000;

/**
 * Before a failed cutover is left half undone: the application stands still meanwhile, and `rollback` can go on later. A
 * server that restarts is back within seconds, and where a network is silent one attempt alone takes ten.
 */
export const undoMs = 12_000;
