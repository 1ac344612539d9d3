/** What identifies a row on both sides. */

import { RowhaulError } from "../core/messages/errors.ts";
import type { Column, Table } from "../core/schema/catalog.ts";
import { sameName } from "../core/schema/names.ts";

export type RowKey = {
  /** As `a` names them. */
  readonly columns: readonly string[];
  /** Their positions among the columns both sides have. */
  readonly at: readonly number[];
  /** Both sides enforce it, so that two rows of one key (none of it NULL) are the same row. */
  readonly enforced: boolean;
  /** The key is the rowid on both sides: both can be read in its order. */
  readonly ordered: boolean;
};

/** The first whose columns both sides have: the user's choice, `a`'s primary key, `b`'s. Null: compared as a multiset. */
export function rowKey(
  a: Table,
  b: Table,
  pairs: readonly (readonly [Column, Column])[],
  chosen: Readonly<Record<string, readonly string[]>> = {},
): RowKey | null {
  const [, own] = Object.entries(chosen).find(([table]) => sameName(table, a.name)) ?? [];
  if (own !== undefined && own.length > 0) {
    const at = positions(own, pairs, 0);
    if (at === null)
      throw new RowhaulError("PLAN_INVALID", `The key ${own.join(", ")} of ${a.name} is not in both stores.`, {
        place: { table: a.name },
      });
    return key(a, b, pairs, at);
  }
  const at = positions(a.primaryKey ?? [], pairs, 0) ?? positions(b.primaryKey ?? [], pairs, 1);
  return at === null ? null : key(a, b, pairs, at);
}

function positions(
  columns: readonly string[],
  pairs: readonly (readonly [Column, Column])[],
  side: 0 | 1,
): number[] | null {
  const at = columns.map((name) => pairs.findIndex((pair) => sameName(pair[side].name, name)));
  return at.length === 0 || at.includes(-1) ? null : at;
}

function key(a: Table, b: Table, pairs: readonly (readonly [Column, Column])[], at: readonly number[]): RowKey {
  const columns = at.map((i) => pairs[i]?.[0].name ?? "");
  const others = at.map((i) => pairs[i]?.[1].name ?? "");
  const [first] = at.map((i) => pairs[i]);
  return {
    columns,
    at,
    enforced: sameSet(a.primaryKey, columns) && sameSet(b.primaryKey, others),
    ordered: at.length === 1 && first?.[0].isRowid === true && first[1].isRowid,
  };
}

function sameSet(key: readonly string[] | null, columns: readonly string[]): boolean {
  return key?.length === columns.length && columns.every((column) => key.some((name) => sameName(name, column)));
}
