/**
 * Which rows are moved when tables do not decide that alone: those that belong to some root rows, and
 * those of tables that belong to another's selected rows. Kept as sets of rowids in a SQLite file beside the run, so
 * that memory stays flat and readers can join with them.
 */

import { rmSync } from "node:fs";
import { cleanedUp } from "../../core/messages/clean-up.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import { type BelongsTo, keepBelonging } from "./belongs-to.ts";
import { edgeStore } from "./edges.ts";
import { type MissingParent, reach } from "./reach.ts";
import type { RootSelection } from "./root.ts";
import { openScratch } from "./scratch.ts";

export type SelectionRequest = {
  readonly snapshot: string;
  readonly catalog: Catalog;
  /** Path of the file to keep the sets in; removed by `close`. */
  readonly scratch: string;
  readonly root: RootSelection | null;
  /** By table, SQL of the snapshot. */
  readonly wheres: ReadonlyMap<string, string>;
  /** By table: only rows whose parent is selected. */
  readonly belongsTo: ReadonlyMap<string, BelongsTo>;
  readonly signal: AbortSignal;
};

/** Plain data, but for `close`. */
export type RowSelection = {
  /** The SQLite file with the sets, to be attached as `rowhaul_rows`. */
  readonly path: string;
  /** Tables whose rows are selected; `condition` is SQL that holds for those that are. */
  readonly tables: readonly { readonly table: string; readonly rows: number; readonly condition: string }[];
  /** Whether the other tables have all of their rows or none. */
  readonly others: "all" | "none";
  /** Selected rows that point to a parent which does not exist. */
  readonly missing: readonly MissingParent[];
  close(): void;
};

/** Null when nothing is asked for. Throws PLAN_INVALID. */
export async function rowSelection(request: SelectionRequest): Promise<RowSelection | null> {
  const { snapshot, catalog, scratch: path, root, belongsTo } = request;
  if (root === null && belongsTo.size === 0) return null;
  const remove = (): void => {
    for (const suffix of ["", "-journal"]) rmSync(`${path}${suffix}`, { force: true });
  };
  remove();
  const db = openScratch(path, snapshot);
  try {
    const edges = edgeStore(db, catalog);
    const found = root === null ? null : await reach(edges, root, request.signal);
    await keepBelonging(edges, { ...request, reached: found !== null });
    const tables = edges.selected().map(({ table, rows }) => ({ table, rows, condition: edges.condition(table) }));
    db.exec("COMMIT");
    db.exec("DETACH snap");
    return {
      path,
      tables: tables.sort((a, b) => position(catalog, a.table) - position(catalog, b.table)),
      others: root === null ? "all" : "none",
      missing: found ?? [],
      close: remove,
    };
  } catch (thrown) {
    throw cleanedUp(thrown, () => db.close(), remove);
  } finally {
    if (db.open) db.close();
  }
}

function position(catalog: Catalog, table: string): number {
  return catalog.tables.findIndex(({ name }) => sameName(name, table));
}
