/**
 * The profile: what the values of a source really are, column by column,
 * counted over every row of the snapshot. Plain JSON; 64-bit integers are
 * decimal digits because JSON numbers cannot hold them.
 */

import type { Repair } from "../values/mend-text.ts";

export type Profile = {
  readonly tables: Readonly<Record<string, TableProfile>>;
  /** Rows of virtual tables that are not among {@link tables}; absent in profiles of earlier versions. */
  readonly virtualRows?: Readonly<Record<string, number>>;
};

export type TableProfile = {
  /** All rows of the table, before any selection. */
  readonly rows: number;
  /** Rows the profile looked at: all, or those the pipeline's `where` selects. */
  readonly selected: number;
  readonly columns: Readonly<Record<string, ColumnProfile>>;
  /** The largest rowid of all rows, selected or not, as decimal digits; null without rows or rowid. */
  readonly lastRowid: string | null;
  /**
   * Rowids at which a unit begins, ascending, as decimal digits; empty when the
   * table is small or has no rowid. The first unit has no lower bound.
   */
  readonly boundaries: readonly string[];
  /** Estimated bytes of the values, for the estimate and for grouping small tables. */
  readonly bytes: number;
  /** Why its pages cannot be read directly, for people; null where they can. Absent in profiles of earlier versions. */
  readonly viaSqlite?: string | null;
};

export type StorageClass = "null" | "integer" | "real" | "text" | "blob";

export type ColumnProfile = {
  readonly counts: Readonly<Record<StorageClass, number>>;
  /** Smallest and largest value of class INTEGER; null when there is none. */
  readonly integers: { readonly min: string; readonly max: string } | null;
  /** What REAL values need: see {@link RealFacts}. */
  readonly reals: RealFacts | null;
  /** Longest TEXT or BLOB in bytes. */
  readonly longest: number;
  /** TEXT cells with a NUL character. */
  readonly nul: Found;
  /** TEXT cells that are not valid in the database's encoding. */
  readonly invalidEncoding: Found;
  /** Repairs of such texts under which two keys would be one; absent where none is, and in profiles of earlier versions. */
  readonly repairsMeet?: readonly Repair[];
  /** For columns declared as dates: each layout met, most frequent first. */
  readonly layouts: readonly { readonly layout: string; readonly found: Found }[];
  /**
   * For a date column in a key: the layout that it shares with the columns that foreign keys tie to it, null where there
   * is none; and two of their texts that name one instant, if any do. Absent in profiles of earlier versions.
   */
  readonly keyDates?: { readonly layout: string | null; readonly alike: readonly string[] };
  /** For columns declared JSON: cells that jsonb could not carry, by reason. */
  readonly json: readonly { readonly problem: JsonProblem; readonly found: Found }[];
  /** BLOBs that are no text: not UTF-8, or with a NUL. Counted only beside TEXT; absent in profiles of earlier versions. */
  readonly bytesNotText?: number;
  /** Distinct TEXT values of a column declared BOOLEAN, when there are at most four. */
  readonly spellings: readonly string[] | null;
  /** A sample cell of each storage class present. */
  readonly samples: Readonly<Partial<Record<StorageClass, Sample>>>;
};

export type RealFacts = {
  /** NaN cannot be stored by SQLite; infinities can. */
  readonly infinite: number;
  /** −0.0, which numeric cannot carry. */
  readonly negativeZero: number;
};

export type JsonProblem = "invalid" | "duplicate key" | "\\u0000" | "lone surrogate" | "number";

export type Found = { readonly count: number; readonly samples: readonly Sample[] };

/** Where a value was found, for messages: `key` reads like `id=42`, `value` is shortened and printable. */
export type Sample = { readonly key: string; readonly value: string };
