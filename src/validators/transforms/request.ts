import type { Chain, TransformReport } from "../../core/plan/transform.ts";
import type { Catalog } from "../../core/schema/catalog.ts";

export type ReplayRequest = {
  readonly snapshot: string;
  readonly reshaped: string;
  readonly catalog: Catalog;
  /** As the reshaped file carries it. */
  readonly reshapedCatalog: Catalog;
  readonly chains: readonly Chain[];
  readonly wanted: (table: string) => boolean;
  /** The rows that were selected, as conditions over the file at `path` attached as `rowhaul_rows`. */
  readonly selection: {
    readonly path: string;
    readonly tables: readonly { readonly table: string; readonly condition: string }[];
    readonly others: "all" | "none";
  } | null;
  /** What the first pass said that it did. */
  readonly report: Pick<TransformReport, "tables">;
  readonly progress: (table: string, done: number) => void;
  readonly signal: AbortSignal;
};
