/**
 * How long a line of an export may be: a little less than the longest text of JavaScript (2^29 − 24 characters), which a
 * line becomes when it is read. A line without an end must not take all of the memory, and one that could not be read
 * back must not be written.
 */
import { RowhaulError } from "../core/messages/errors.ts";

export const longestLine = 536_000_000;

/** `line`: its number. */
export function tooLong(path: string, line: number, longest: number = longestLine): RowhaulError {
  return new RowhaulError(
    "EXPORT_INVALID",
    `${path}, line ${line}, is longer than ${longest} bytes, which no row of an export is.`,
  );
}

/** `key`: the row's first cells, as text. */
export function rowTooLong(table: string, row: number, key: string, longest: number): RowhaulError {
  return new RowhaulError(
    "SOURCE_UNSUPPORTED",
    `${table} cannot be exported: row ${row} (${key}) takes more than ${longest} bytes as JSON, and no line of an export may be longer.`,
    {
      place: { table },
      hint: "Leave the row out with --where, or move the table straight into a database with `rowhaul copy`.",
    },
  );
}
