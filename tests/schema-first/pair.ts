/** One case of the corpus: a source, the tables an application's migrations made, and what must come of them. */
import type { ErrorCode } from "../../src/core/messages/error-codes.ts";

export type Pair = Arrives | Refused;

type Both = {
  readonly name: string;
  /** SQL for a SQLite file, the lines of an NDJSON file whose table is `t`, or SQL for another PostgreSQL database. */
  readonly source: string | { readonly ndjson: string } | { readonly postgres: string };
  /** What the application's migrations did: tables, seeds. */
  readonly live: string;
  readonly existing: "append" | "merge" | "skip" | "replace";
  /** Lines added to the pipeline file. */
  readonly pipeline?: string;
  /** Further files beside the pipeline file, by name. */
  readonly files?: Readonly<Record<string, string>>;
};

export type Arrives = Both & {
  /**
   * By table (all of its rows, by the first column) or query: rows as a plain client shows them, in PostgreSQL's own
   * text, `|` between columns and ∅ for NULL.
   */
  readonly rows: Readonly<Record<string, readonly string[]>>;
  /** `table|key|column|before|after|rule`; whatever else is in the ledger fails. */
  readonly ledger?: readonly string[] | "as the rows say";
  /** `table|key|rule`; whatever else is in quarantine fails. */
  readonly quarantined?: readonly string[];
  /** At the end the run is undone, and every row must be as before. */
  readonly back?: true;
};

export type Refused = Both & {
  readonly refused: {
    readonly code: ErrorCode;
    /** All of them stand in the message, its details, or the lines to paste. */
    readonly says: readonly string[];
    readonly saysNot?: readonly string[];
  };
};

export function isRefused(pair: Pair): pair is Refused {
  return "refused" in pair;
}

/** A source with the one column `v`, its rows numbered from 1; values as SQL. */
export function column(declared: string, ...values: readonly string[]): string {
  const rows = values.map((value, i) => `(${i + 1}, ${value})`).join(", ");
  return `CREATE TABLE t (id INTEGER PRIMARY KEY, v ${declared}); INSERT INTO t VALUES ${rows}`;
}

/** The application's table for it; `seed`: further statements. */
export function liveColumn(type: string, seed = ""): string {
  return `CREATE TABLE t (id int PRIMARY KEY, v ${type}); ${seed}`;
}
