/**
 * Facts about the values after every row went through its steps. The schema after the steps is decided by them, because
 * what a user's function changes cannot be known from its code.
 */
import type { Affinity, Column, Table } from "../schema/catalog.ts";

export type SeenColumn = {
  /** Some cell differs from that of the source's row. */
  readonly changed: boolean;
  /** Some cell is NULL that was not NULL in the source's row. */
  readonly emptied: boolean;
  /** Some cell is not NULL. */
  readonly filled: boolean;
  /** Whether a column of that affinity would have left every value as it is. */
  readonly fits: Readonly<Record<Affinity, boolean>>;
};

/** Tables and columns by the names they have after the steps. Null: unknown. */
export type Seen = {
  /** Undefined for a column that no step touched. */
  column(table: string, column: string): SeenColumn | undefined;
  /** Every value is an integer, and no two are the same: it can be the rowid. */
  numbersRows(table: string, column: string): boolean;
  /** Every row meets the CHECK, as SQLite would see it. */
  meets(table: Table, expression: string): boolean | null;
  /** Every value of the column is what the expression gives. */
  computes(table: Table, column: Column, expression: string): boolean | null;
  /** Puts what the expression gives in the column's place in every row. False: it cannot be computed here. */
  computeAnew(table: Table, column: Column, expression: string): boolean;
};
