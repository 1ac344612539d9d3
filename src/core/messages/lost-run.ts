import { RowhaulError } from "./errors.ts";

/** `where` the row should be. */
export function rowGone(run: string, where: string): RowhaulError {
  return new RowhaulError("LOAD_LOST", `The row of run ${run} is gone from ${where}: somebody removed it.`);
}

/** Nothing says whether the run is switched, nor what its way back would need. */
export function switchUnknown(run: string, where: string): RowhaulError {
  return new RowhaulError("STATE_LOST", `${where} remembers nothing of how run ${run} switched.`);
}
