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

export function isStoredInteger(type: number): boolean {
  return (type >= 1 && type <= 6) || type === 8 || type === 9;
}

export function isStoredText(type: number): boolean {
  return type >= 13 && type % 2 === 1;
}

/** Of a text or a BLOB. */
export function storedLength(type: number): number {
  return Math.floor((type - 12) / 2);
}

/** Four bytes, as a signed number. */
export function int32(b: Buffer, at: number): number {
  return (
    ((b[at] as number) << 24) | ((b[at + 1] as number) << 16) | ((b[at + 2] as number) << 8) | (b[at + 3] as number)
  );
}

/** The lower half of a stored integer, as signed bits. */
export function lowerHalf(type: number, b: Buffer, at: number): number {
  switch (type) {
    case 1:
      return ((b[at] as number) << 24) >> 24;
    case 2:
      return (((b[at] as number) << 24) >> 16) | (b[at + 1] as number);
    case 3:
      return (((b[at] as number) << 24) >> 8) | ((b[at + 1] as number) << 8) | (b[at + 2] as number);
    case 4:
      return int32(b, at);
    case 5:
      return int32(b, at + 2);
    case 6:
      return int32(b, at + 4);
    default:
      return type - 8;
  }
}

/** The upper half of a stored integer. */
export function upperHalf(type: number, b: Buffer, at: number): number {
  if (type === 6) return int32(b, at);
  if (type === 5) return (((b[at] as number) << 24) >> 16) | (b[at + 1] as number);
  return lowerHalf(type, b, at) >> 31;
}

/** A stored integer as a number, which is exact within ±2^53. */
export function integerNumber(type: number, b: Buffer, at: number): number {
  return upperHalf(type, b, at) * 0x1_0000_0000 + (lowerHalf(type, b, at) >>> 0);
}

/** Bytes that a value takes. */
export function valueBytes(type: number): number {
  return type >= 12 ? storedLength(type) : (numberBytes[type] as number);
}

/** By serial type. */
const numberBytes = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0];

/** The rowid of the row at hand. */
export function rowidOf({ rowidHigh, rowidLow }: Pick<StoredRows, "rowidHigh" | "rowidLow">): bigint {
  return BigInt(rowidHigh) * 0x1_0000_0000n + BigInt(rowidLow);
}
