/**
 * Types of columns that the application made. A value goes in as a text that the type's own input function reads;
 * which text that is, and whether anything of the value is lost, is decided in src/live-types for loader and plan,
 * and a second time in src/validators for the proof.
 */

export type LiveKind =
  | "text"
  | "char"
  | "integer"
  | "numeric"
  | "float"
  | "boolean"
  | "date"
  | "time"
  | "timestamp"
  | "timestamptz"
  | "uuid"
  | "json"
  | "jsonb"
  | "bytea"
  /** A type that rowhaul does not read itself: the server is asked what it makes of a text. */
  | "asked";

export type LiveType = {
  /** As a statement writes it: with modifier, and with its schema where that is not pg_catalog. */
  readonly written: string;
  /** Of a domain, what it is over. */
  readonly kind: LiveKind;
  /** `text`, `char`: characters; `integer`, `float`: bytes; `numeric`: digits in all; moments: digits of a second. Null = no limit. */
  readonly size: number | null;
  /** `numeric`: digits after the point; null = no limit. */
  readonly scale: number | null;
  /** A domain: the server is also asked whether it takes a value. */
  readonly domain: boolean;
  /** Interval: a count of microseconds and the like can be read as one. */
  readonly base: string;
};

/** How values are to be read that could mean several things; from the pipeline file's `interpret`. */
export type Interpretation = {
  /** Of moments without a zone into timestamptz: a zone's name. Of offsets into timestamp: `utc` or `wall`. */
  readonly zone?: string;
  readonly epoch?: LiveEpoch;
  readonly interval?: LiveInterval;
  readonly uuid?: "rfc" | "dotnet";
  readonly bytes?: "hex" | "base64" | "utf8";
  readonly arrays?: "json";
};

export const liveEpochs = ["s", "ms", "us", "ns", "ticks"] as const;
export type LiveEpoch = (typeof liveEpochs)[number];

export const liveIntervals = ["s", "ms", "us", "ticks"] as const;
export type LiveInterval = (typeof liveIntervals)[number];

/**
 * `boolean`: 1 and 0 are true and false. `real`: the digits are the shortest that give four bytes back, which are another
 * number to eight. Of arrays as PostgreSQL writes them, each element.
 */
export const liveOrigins = ["boolean", "real", "boolean[]", "real[]"] as const;
export type LiveOrigin = (typeof liveOrigins)[number];

/** What a reading needs besides the cell. */
export type LiveReading = {
  readonly type: LiveType;
  readonly as: Interpretation;
  /** The column's one layout of moments, see live-types/moments.ts; null while it is being found. */
  readonly layout: string | null;
  /** The values are JSON: a text stands in quotes. */
  readonly json: boolean;
  /** The source's own type, where a value is another than its storage class says. */
  readonly from?: LiveOrigin;
  /** Numbers stand among texts that could be taken for them. */
  readonly numbersAmongTexts: boolean;
  /**
   * The server's answers for values that it does not return unchanged: its own spelling, or null for a refusal. Keyed
   * by the first letter of the storage class and the value: `t1 hour`, `i5`, `r0.5`, `bff00`.
   */
  readonly answers: Readonly<Record<string, string | null>>;
};

/** Why a value does not go in as it is. */
export const liveProblems = [
  "class",
  "empty",
  "unreadable",
  "too large",
  "too long",
  "blanks",
  "fraction",
  "digits",
  "time of day",
  "respelled",
  "layout",
  "zone",
  "offset",
  "epoch",
  "bytes",
  "array",
  "interval",
  "json",
] as const;
export type LiveProblem = (typeof liveProblems)[number];
