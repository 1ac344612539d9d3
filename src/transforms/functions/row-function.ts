/** What a function of the user's looks like; exported for those who write theirs in TypeScript. */

/**
 * One cell as a function sees it: an INTEGER within ±2^53 and a REAL as a number, a larger INTEGER as a bigint, TEXT as a
 * string, a BLOB as bytes. What it may return besides: a boolean, a Date (ISO text), objects and arrays (JSON text).
 */
export type RowValue = null | number | bigint | string | boolean | Uint8Array | Date | readonly unknown[] | object;

export type RowInfo = { readonly table: string };

/**
 * The default export of a function's file: a row, several, or null for none. Pure: the proof calls it again and expects
 * the same. New columns are named, with their types, by the file's export `columns`.
 *
 * @example
 * export const columns = { initials: "text" };
 * const entry: RowFunction = (row) => ({ ...row, initials: String(row["name"]).slice(0, 1) });
 * export default entry;
 */
export type RowFunction = (
  row: Readonly<Record<string, RowValue>>,
  info: RowInfo,
) => Readonly<Record<string, RowValue>> | readonly Readonly<Record<string, RowValue>>[] | null;
