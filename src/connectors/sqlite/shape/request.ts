/** What {@link shapeSnapshot} is asked. */
import type { Catalog } from "../../../core/catalog.ts";
import type { Chain } from "../../../core/transform.ts";
import type { RowSelection } from "../closure/row-selection.ts";

export type ShapeRequest = {
  readonly snapshot: string;
  /** Where the shaped file will be. */
  readonly shaped: string;
  readonly catalog: Catalog;
  /** What becomes of it: see transforms/. */
  readonly shapedCatalog: Catalog;
  readonly chains: readonly Chain[];
  /** Tables that are moved. Those that are not may stay in the file as they are. */
  readonly wanted: (table: string) => boolean;
  /** Rows that are moved; null = all that the chains' `where` select. */
  readonly selection: RowSelection | null;
  readonly progress: (table: string, done: number, total: number) => void;
  readonly signal: AbortSignal;
};
