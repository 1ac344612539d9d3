/**
 * Rows as SQLite stores them: values in place, none made. Only what moves rows, or looks at all of them, reads them so;
 * what proves reads through SQLite's own engine.
 */

/**
 * One row at a time, in the arrays of the cursor itself: what `next` finds stands until it is called again.
 *
 * A value is its serial type and where its bytes begin (https://www.sqlite.org/fileformat2.html, section 2.1):
 * 0 NULL; 1–6 integers of 1, 2, 3, 4, 6 and 8 bytes, big-endian; 7 a double; 8 and 9 the integers 0 and 1; from 12 on,
 * even a BLOB of (type − 12) / 2 bytes, odd a text of (type − 13) / 2 bytes.
 */
export type StoredRows = {
  /** Throws PageError where the file is damaged. */
  next(): boolean;
  readonly bytes: Buffer;
  /** How many values the row has: fewer than its table has columns where some were added later. */
  readonly fields: number;
  readonly types: Float64Array;
  /** In `bytes`. */
  readonly offsets: Float64Array;
  /** Upper half of the rowid, signed; 0 in a WITHOUT ROWID table. */
  readonly rowidHigh: number;
  /** Lower half, unsigned. */
  readonly rowidLow: number;
};

export type StoredColumn = {
  /** Position in the row; −1: it is the rowid. */
  readonly field: number;
  /** SQLite keeps whole numbers of such a column as integers, and reads them as REAL. */
  readonly real: boolean;
};

/** A value on its own. */
export type StoredValue = { readonly type: number; readonly bytes: Buffer };

/** A table's rows, or a part of them. The caller closes it. */
export type StoredReading = {
  readonly rows: StoredRows;
  /** By name in the source. Throws for a column that is not stored. */
  column(name: string): StoredColumn;
  /** What the row at hand has in a column that was added after it was written. */
  added(name: string): StoredValue;
  close(): void;
};
