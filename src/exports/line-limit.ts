/**
 * How long a line of an export may be. Longer than any value that PostgreSQL or SQLite can hold and JavaScript can read
 * as text; a line without an end must not take all of the memory.
 */
import { RowhaulError } from "../core/messages/errors.ts";

export const longestLine = 500_000_000;

/** `line`: its number. */
export function tooLong(path: string, line: number, longest: number = longestLine): RowhaulError {
  return new RowhaulError(
    "EXPORT_INVALID",
    `${path}, line ${line}, is longer than ${longest} bytes, which no row of an export is.`,
  );
}
