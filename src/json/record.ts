/** One object of a JSON text as the scanner hands it on. The scanner fills the same record again for the next object. */

/** Kinds as numbers: they are compared once a cell. */
export const jsonKind = { null: 0, false: 1, true: 2, integer: 3, decimal: 4, string: 5, nested: 6 } as const;
export type JsonKind = (typeof jsonKind)[keyof typeof jsonKind];

/**
 * | kind | value |
 * |---|---|
 * | null, false, true | null |
 * | integer | number within ±2^53, else bigint: a signed 64-bit integer without fraction, exponent and `-0` |
 * | decimal | every other number, its text as written |
 * | string | its text, without NUL only if the source has none |
 * | nested | an object or array, its text as written |
 */
export type JsonValue = null | number | bigint | string;

export type JsonRecord = {
  /** Fields of this object; the arrays may be longer. */
  count: number;
  readonly keys: JsonKey[];
  readonly kinds: JsonKind[];
  readonly values: JsonValue[];
  /** Keys that occurred again and were passed over, as `duplicates` says. */
  repeated: number;
};

/** A name of a field: one object for all rows that have it. */
export type JsonKey = {
  readonly name: string;
  /** For the consumer: where it keeps this field. −1 until set. */
  slot: number;
  /** The rest is the scanner's own. */
  readonly bytes: Uint8Array | null;
  seen: number;
  index: number;
  next: JsonKey | null;
};

export function emptyRecord(): JsonRecord {
  return { count: 0, keys: [], kinds: [], values: [], repeated: 0 };
}
