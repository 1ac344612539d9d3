/** How rows enter a table of the file: under which columns, with which rowid, and what happens to a key that is there. */

import type { ColumnPlan, TablePlan } from "../../../core/plan/plan.ts";
import { quoteName } from "../../../core/quote.ts";
import type { Sqlite } from "../state/state.ts";
import { hasTable, work } from "./staging.ts";

export type Arrival = {
  readonly columns: readonly ColumnPlan[];
  /** The name under which the hidden rowid is set; null where there is none, or rows of others have theirs. */
  readonly rowid: string | null;
  /** Key columns of the target when rows are merged into a table that was there. */
  readonly mergeBy: readonly string[] | null;
  /** Key columns of the target by which rows that it has stay out. */
  readonly skipBy: readonly string[] | null;
  /** Those of the target's primary key. */
  readonly key: readonly string[];
  /** The table was in the file before. */
  readonly existed: boolean;
};

type Info = { readonly name: string; readonly type: string; readonly pk: number };

export function arrivalOf(db: Sqlite, schema: string, table: TablePlan): Arrival {
  const existed =
    hasTable(db, "rowhaul run existing", schema) &&
    db.prepare(`SELECT 1 FROM ${schema}.${work.existing} WHERE name = ? AND kept = 1`).get(table.target) !== undefined;
  const columns = table.columns.filter((column) => !column.computed);
  const info = db.prepare(`SELECT name, type, pk FROM pragma_table_xinfo(?, ?)`).all(table.target, schema) as Info[];
  const key = info
    .filter(({ pk }) => pk > 0)
    .sort((a, b) => a.pk - b.pk)
    .map(({ name }) => name);
  return {
    columns,
    rowid:
      (existed && table.into !== "replace") || table.rowidName === null
        ? null
        : hiddenRowid(db, schema, table.target, info),
    mergeBy: existed && table.into === "merge" ? key : null,
    skipBy: existed && table.into === "skip" ? key : null,
    key,
    existed,
  };
}

/** Null where the rowid is a column, or there is none. */
function hiddenRowid(db: Sqlite, schema: string, table: string, info: readonly Info[]): string | null {
  const listed = db.prepare("SELECT wr FROM pragma_table_list WHERE schema = ? AND name = ?").get(schema, table) as
    | { wr: number }
    | undefined;
  if (listed?.wr === 1) return null;
  const keyIndex = db.prepare("SELECT 1 FROM pragma_index_list(?, ?) WHERE origin = 'pk'").get(table, schema);
  if (info.some(({ pk }) => pk > 0) && keyIndex === undefined) return null;
  const taken = new Set(info.map(({ name }) => name.toLowerCase()));
  return ["rowid", "_rowid_", "oid"].find((name) => !taken.has(name)) ?? null;
}

/** A conflict stops the run, whatever the table itself says about conflicts. */
export function insertHead(relation: string, { columns, rowid }: Arrival, withRowid: boolean): string {
  const names = columns.map(({ target }) => quoteName(target));
  if (withRowid && rowid !== null) names.unshift(rowid);
  return `INSERT OR ABORT INTO ${relation} (${names.join(", ")})`;
}

export function insertTail({ columns, mergeBy }: Arrival): string {
  if (mergeBy === null) return "";
  const inKey = new Set(mergeBy.map((name) => name.toLowerCase()));
  const others = columns.filter(({ target }) => !inKey.has(target.toLowerCase()));
  const set = others.map(({ target }) => `${quoteName(target)} = excluded.${quoteName(target)}`);
  return ` ON CONFLICT (${mergeBy.map(quoteName).join(", ")}) DO ${set.length === 0 ? "NOTHING" : `UPDATE SET ${set.join(", ")}`}`;
}
