/** The two sides of one table, and the types that compare-rows.ts and match-digests.ts share. */

import type { Value } from "../core/plan/transform.ts";
import type { Column, Table } from "../core/schema/catalog.ts";
import type { ColumnPair } from "./column-pair.ts";
import type { RowKey } from "./row-key.ts";
import type { Store } from "./store.ts";

/** The columns that both sides have, in one order. */
export type Side = { readonly store: Store; readonly table: Table; readonly columns: readonly Column[] };

export type RowsRequest = {
  readonly a: Side;
  readonly b: Side;
  readonly pairs: readonly ColumnPair[];
  readonly key: RowKey | null;
  readonly scratchFolder: string | null;
  readonly progress: (rows: number) => void;
  readonly signal: AbortSignal | null;
};

/** To be awaited a row, where it is not undefined. */
export type Tick = () => Promise<void> | undefined;

/** The first rows that are not the same, and how many before them are; null when all were matched. */
export type Rest = { readonly a: Value[] | null; readonly b: Value[] | null; readonly before: number };

export function sideRows(side: Side): IterableIterator<Value[]> {
  return side.store.rows(
    side.table,
    side.columns.map((column) => column.name),
  );
}
