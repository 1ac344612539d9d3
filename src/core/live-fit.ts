/** How a source's values go into the columns of a live table: counted over every selected row, before anything is loaded. */
import type { Table } from "./catalog.ts";
import type { LiveProblem, LiveReading, LiveType } from "./live-type.ts";
import type { Mending } from "./mend-text.ts";
import type { Found, Sample } from "./profile.ts";

export type FitRequest = {
  readonly table: Table;
  readonly where: string | null;
  /** By source column. Columns whose profile already says that all fits need not be asked for. */
  readonly columns: readonly { readonly column: string; readonly reading: LiveReading }[];
  /** The live table's key, as source columns in its order; null where keys need not be looked up. */
  readonly key: readonly string[] | null;
  /** Columns that the live table lacks, to be shown by samples. */
  readonly missing: readonly string[];
};

export type ColumnFit = {
  /** Values that go in as they are, by layout where they have one. */
  readonly layouts: readonly { readonly layout: string; readonly found: Found }[];
  readonly problems: readonly ProblemFit[];
  /** Values that their type writes otherwise, and that are the same value all the same (uuid). */
  readonly respelled: number;
  /** See {@link LiveReading}. */
  readonly answers: Readonly<Record<string, string | null>>;
  /** More texts than can be kept were refused or respelled. */
  readonly answersCut: boolean;
  /** Ways of mending texts with U+0000 or of no encoding → the number of those that do not go in even then. */
  readonly mendings: Readonly<Partial<Record<Mending, number>>>;
  /** What the server said of the first text that it refused. */
  readonly objection: string | null;
};

export type ProblemFit = {
  readonly problem: LiveProblem;
  readonly found: Found;
  /** Ways of taking such values, with the number of those that a way cannot take either. */
  readonly ways: Readonly<Record<string, number>>;
  /** Rowids of the first rows concerned, decimal digits; null when there are too many, or no rowid. */
  readonly rowids: readonly string[] | null;
  /** Rows of other tables that point to them, or to rows that do; null where nobody counted. */
  readonly pointing: number | null;
};

/** A foreign key, in the source's names. */
export type FitEdge = {
  readonly child: string;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
};

export type TableFit = {
  readonly columns: Readonly<Record<string, ColumnFit>>;
  /** Rows whose key the live table has already. */
  readonly taken: Found;
  /** Of each column asked for, a few cells that are not NULL. */
  readonly missing: Readonly<Record<string, readonly Sample[]>>;
};

/** The target's part: what it says of texts assigned to a column of a type, and which keys it has. */
export type FitAnswers = {
  /** By position: the text that comes back, or the server's objection. */
  assign(type: LiveType, texts: readonly string[]): Promise<readonly Assigned[]>;
  /** Positions of the keys, each a text for each key column, that rows of the table have. */
  taken(table: string, keys: readonly (readonly string[])[]): Promise<readonly number[]>;
};

export type Assigned = { readonly text: string } | { readonly objection: string };
