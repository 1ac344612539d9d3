import type { FileReading } from "../schema/file-schema.ts";
import type { LiveReading } from "../schema/live-type.ts";

/**
 * How a column's values travel: the closed list of logical conversions from a
 * source's storage class to a PostgreSQL type. The loader and the validators
 * implement each of them separately; this file is all they share.
 */

export type Encoding =
  /** INTEGER → smallint, integer or bigint. `wide`: some value lies outside ±2^53, where a JavaScript number is not exact. */
  | { readonly kind: "integer"; readonly width: 2 | 4 | 8; readonly wide: boolean }
  /** REAL (and INTEGER within ±2^53 in a REAL column) → double precision, bit for bit. */
  | { readonly kind: "real" }
  /**
   * INTEGER or REAL → numeric. An INTEGER has no fraction; a REAL is written with the
   * shortest digits that round-trip and always with a fraction (`5.0`), so the class can be read back.
   */
  | { readonly kind: "numeric" }
  /** TEXT → text. `large`: some are so long that they travel as bytes, of which fewer copies are made. */
  | { readonly kind: "text"; readonly large?: true }
  /**
   * INTEGER, REAL and TEXT → text. Used only where the column's affinity guarantees that no TEXT
   * looks like a number, so class and value can be read back. INTEGER as decimal digits; REAL as in `numeric`.
   */
  | { readonly kind: "rendered" }
  /** BLOB → bytea. */
  | { readonly kind: "bytes" }
  /** TEXT → bytea: the bytes of the text in UTF-8, as they are. */
  | { readonly kind: "text-bytes" }
  /**
   * Any class → jsonb `{"t": class, "v": string}`; `v` is decimal digits (integer), shortest
   * round-trip digits (real), the text itself, or lower-case hex (blob). Into a SQLite file: the class and value
   * itself; `file` where the column is the application's and not every value goes in as it comes.
   */
  | { readonly kind: "tagged"; readonly file?: FileReading }
  /** INTEGER 0/1, or one pair of spellings → boolean. */
  | { readonly kind: "boolean"; readonly true: BooleanLiteral; readonly false: BooleanLiteral }
  /** TEXT in one layout → date, timestamp or timestamptz; see date-layout.ts for what a layout is. */
  | { readonly kind: "date" | "timestamp" | "timestamptz"; readonly layout: string }
  /** INTEGER or REAL (julian) since an epoch → timestamp; only when the pipeline asks for it. */
  | { readonly kind: "epoch"; readonly unit: EpochUnit; readonly zoned: boolean }
  /** TEXT → jsonb, compared by parsed value. */
  | { readonly kind: "json" }
  /**
   * TEXT → `type`, by the type's own input function. The text is what that type's output function writes under
   * TimeZone UTC, DateStyle ISO and IntervalStyle postgres, so that value and text determine each other.
   */
  | { readonly kind: "literal"; readonly type: string }
  /** Any class → a type that the application chose; which of them go in, and as what, `reading` says. */
  | { readonly kind: "live"; readonly reading: LiveReading };

export type BooleanLiteral = { readonly integer: 0 | 1 } | { readonly text: string };

export type EpochUnit = "seconds" | "milliseconds" | "microseconds";

export type EncodingKind = Encoding["kind"];
