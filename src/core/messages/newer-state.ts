import { RowhaulError } from "./errors.ts";

/** STATE_NEWER. `what`: the schema or file, as a sentence begins with it. */
export function newerState(what: string, version: number, known: number): RowhaulError {
  return new RowhaulError(
    "STATE_NEWER",
    `${what} has version ${version} of the state of runs; this rowhaul knows only up to version ${known}.`,
  );
}
