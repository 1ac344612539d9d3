/** What {@link shapeSnapshot} is asked. */

import type { Seen } from "../../core/plan/seen.ts";
import type { Chain } from "../../core/plan/transform.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import type { RowSelection } from "../closure/row-selection.ts";

export type ShapeRequest = {
  readonly snapshot: string;
  /** Where the reshaped file will be. */
  readonly reshaped: string;
  readonly catalog: Catalog;
  /** The catalog after the chains, as far as it is known before a row was read: see transforms/. The file is laid out by it. */
  readonly reshapedCatalog: Catalog;
  /** The same once all rows are there: the same tables and columns, declared as their values allow. */
  readonly settle?: (seen: Seen) => Catalog;
  readonly chains: readonly Chain[];
  /** Tables that are moved. Those that are not may stay in the file as they are. */
  readonly wanted: (table: string) => boolean;
  /** Rows that are moved; null = all that the chains' `where` select. */
  readonly selection: RowSelection | null;
  readonly progress: (table: string, done: number, total: number) => void;
  readonly signal: AbortSignal;
};
