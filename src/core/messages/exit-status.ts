/** Exit statuses of the command line; the contract is in docs/cli.md. */
export const exitStatus = {
  /** All that was planned arrived, every validator passed. */
  ok: 0,
  /** Usage or pipeline file. */
  usage: 1,
  /** Refused: nothing the application sees was touched. */
  refused: 2,
  /** Stopped while loading or finishing; a plain rerun can succeed. */
  stopped: 3,
  /** A validator's finding, or data that a constraint refuses in finish. */
  difference: 4,
  /** Cutover failed and was rolled back. */
  cutoverUndone: 5,
  /** An undo failed; the steps left to do by hand are printed. */
  undoFailed: 6,
  /** A defect in rowhaul. */
  defect: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];
