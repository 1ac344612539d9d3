/**
 * Transforms as their engine sees them: rows of values pass through a
 * chain of steps into one table or several. The steps themselves are in
 * transforms/; the engine stands where the rows are.
 */
import type { HazardCode } from "./hazards.ts";
import type { QuarantinedRow } from "./ledger.ts";
import type { Note } from "./plan.ts";

/**
 * One cell, class and all: INTEGER is a bigint, REAL a number (5 is 5.0), TEXT a string, BLOB bytes. A text that is not
 * valid in its encoding travels as {@link RawText}, which every step passes on unless it must read it.
 */
export type Value = null | bigint | number | string | Uint8Array | RawText;
export type RawText = { readonly rawText: Uint8Array };

/** A table on its way: what its rows look like after a step. */
export type Shape = { readonly table: string; readonly columns: readonly ShapeColumn[] };

export type ShapeColumn = {
  readonly name: string;
  /** As if SQLite had declared it; the plan goes by it. */
  readonly declaredType: string;
  /** Set when the values are TEXT as this PostgreSQL type writes them: see encoding `literal`. */
  readonly pgType?: string;
  /** See `Column`. */
  readonly truth?: true;
  /** The source's column of the same row it comes from; null when it is new. */
  readonly origin: string | null;
  /** Some step may have changed its values. */
  readonly changed: boolean;
  /** Only a user's function touched them: whether it changed any is seen from the values, after the pass. */
  readonly byFunction?: true;
};

/** What steps may ask for while rows pass. Made anew for each pass, so that a replay sees what the first pass saw. */
export type Services = {
  /** Rows of another table of the source by a column's value; undefined when none has it. Throws when two have it. */
  lookup(table: string, by: string, take: string): (value: Value) => Value | undefined;
  /** True for the first row with that key in this pass. Flat in memory. */
  firstSeen(): (key: Uint8Array) => boolean;
};

/** Hands a row on: `output` is a position in the step's outputs. */
export type EmitRow = (output: number, row: Value[]) => void;
export type ApplyStep = (row: readonly Value[], emit: EmitRow) => void;

export type Step = {
  /** As messages name it: `map severity`. */
  readonly label: string;
  /** The first goes on through the steps that follow; rows of the others are finished and go to their own tables. */
  readonly outputs: readonly [Shape, ...Shape[]];
  /** True when every row leaves as one row of the first output: rowids, keys and places in a file are then kept. */
  readonly rowForRow: boolean;
  /** Whether what it did could be taken back, in one phrase. */
  readonly undo: string;
  /** What parity compares after it, in one phrase. */
  readonly parity: string;
  /** Called once a pass. Applying is pure but for what {@link Services} remembers. Throws TRANSFORM_FAILED. */
  start(services: Services): ApplyStep;
};

/** A source table's whole way. */
export type Chain = {
  /** Source table. */
  readonly table: string;
  /** The pipeline's selection, SQL of the snapshot; null = all rows. */
  readonly where: string | null;
  /** Rows are read in key order, or backwards (`dedupe` that keeps the last). */
  readonly backwards: boolean;
  readonly onError: "fail" | "quarantine";
  readonly steps: readonly Step[];
  /** Everything it writes; the first is what the last step makes of the row itself. */
  readonly outputs: readonly [Shape, ...Shape[]];
  /** How rows of `unify` get their key in a table they share with others. */
  readonly shared: boolean;
};

/** What the chains did, for the report. Plain JSON. */
export type TransformReport = {
  /** Rows that belong together (`root`, `belongsTo`), by table; absent when each table was selected by itself. */
  readonly selected?: readonly { readonly table: string; readonly rows: number }[];
  readonly tables: readonly {
    readonly table: string;
    /** Rows read, after `where`. */
    readonly read: number;
    readonly written: readonly { readonly table: string; readonly rows: number }[];
    readonly steps: readonly {
      readonly label: string;
      /** Rows that came in, and rows handed on to the next step. */
      readonly rowsIn: number;
      readonly rowsOut: number;
      readonly undo: string;
      readonly parity: string;
    }[];
    readonly quarantined: number;
  }[];
  /** Schema objects that could not follow their columns. */
  readonly leftOut: readonly {
    readonly object: string;
    readonly reason: string;
    /** Of a table that stays behind. */
    readonly rows?: number;
    /** A loss that the pipeline file does not spell out for that very column: it needs an acceptance. */
    readonly hazard?: { readonly code: HazardCode; readonly at: string };
  }[];
  /** Observations about the values, for readers of the plan. */
  readonly notes?: readonly Note[];
  /** All of them, in order of tables. */
  readonly quarantine: readonly QuarantinedRow[];
};
