/**
 * Whether a table's indexes hold its rows: each is walked once, its entries must come in its order, and what it holds is
 * summed up and held against the same sum over the table. PRAGMA integrity_check looks each row up in each index, which
 * costs several times as much.
 */
import type { Table } from "../../core/schema/catalog.ts";
import { rowidOf } from "../../core/values/stored-rows.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import { addedValue } from "./added-column.ts";
import { type Collation, EntryOrder, type OrderPart } from "./entry-order.ts";
import type { PageFile } from "./page-file.ts";
import { RowSum } from "./row-sum.ts";
import { schemaRoots } from "./schema-roots.ts";
import { type StoredTable, storedTable } from "./stored-table.ts";
import { TreeCursor } from "./tree-cursor.ts";

type Index = {
  readonly root: number;
  /** Positions among the table's columns; −1 is the rowid, which comes last in each entry. */
  readonly columns: readonly number[];
  readonly order: readonly OrderPart[];
};

/**
 * Null where only SQLite can tell: without a rowid, with expressions, conditions, orders of the application's own. Throws
 * PageError for a file that is damaged.
 */
export function indexesAgree(db: Sqlite, file: PageFile, table: Table): boolean | null {
  const stored = storedTable(db, table);
  if (typeof stored === "string" || stored.kind === "index") return null;
  const indexes = plainIndexes(db, table);
  if (indexes === null || indexes.length === 0) return indexes === null ? null : true;
  const sums = tableSums(db, file, table, stored, indexes);
  return indexes.every((index, i) => {
    const sum = indexSum(file, index);
    return sum !== null && sums[i]?.equals(sum) === true;
  });
}

type Listed = { readonly name: string; readonly partial: bigint };
type Part = {
  readonly cid: bigint;
  readonly name: string | null;
  readonly desc: bigint;
  readonly coll: string | null;
};

function plainIndexes(db: Sqlite, table: Table): Index[] | null {
  const listed = db.prepare("SELECT name, partial FROM pragma_index_list(?)").all(table.name) as Listed[];
  const roots = schemaRoots(db).indexes;
  const partsOf = db.prepare('SELECT cid, name, "desc", coll FROM pragma_index_xinfo(?) ORDER BY seqno');
  const found: Index[] = [];
  for (const { name, partial } of listed) {
    const parts = partsOf.all(name) as Part[];
    const plain = parts.every(({ coll }) => coll === null || /^(BINARY|NOCASE|RTRIM)$/i.test(coll));
    const columns = parts.map((part) =>
      part.cid === -1n ? -1 : table.columns.findIndex((column) => column.name === part.name),
    );
    const known = parts.every(({ cid }, i) => cid === -1n || (cid >= 0n && (columns[i] ?? -1) >= 0));
    const root = roots.get(name);
    if (partial !== 0n || !plain || !known || columns.at(-1) !== -1 || root === undefined) return null;
    const order = parts.map(({ coll, desc }) => ({
      collation: (coll?.toUpperCase() ?? "BINARY") as Collation,
      descending: desc === 1n,
    }));
    found.push({ root, columns, order });
  }
  return found;
}

function tableSums(db: Sqlite, file: PageFile, table: Table, stored: StoredTable, indexes: readonly Index[]): RowSum[] {
  const sums = indexes.map(() => new RowSum());
  const fields = stored.columns.map(({ field }) => field);
  const cursor = new TreeCursor(file, stored.root, stored.kind, stored.width);
  const added = new Map<number, ReturnType<typeof addedValue>>();
  while (cursor.next()) {
    const { types, bytes, offsets, fields: present, rowidHigh, rowidLow } = cursor;
    for (let i = 0; i < indexes.length; i++) {
      const sum = sums[i] as RowSum;
      const { columns } = indexes[i] as Index;
      sum.begin();
      for (let j = 0; j < columns.length; j++) {
        const column = columns[j] as number;
        const field = column < 0 ? -1 : (fields[column] as number);
        if (field < 0) sum.integer(rowidHigh, rowidLow | 0);
        else if (field < present) sum.add(types[field] as number, bytes, offsets[field] as number);
        else {
          let value = added.get(column);
          if (value === undefined) {
            value = addedValue(db, table, table.columns[column]?.name ?? "", rowidOf(cursor));
            added.set(column, value);
          }
          sum.add(value.type, value.bytes, 0);
        }
      }
      sum.end();
    }
  }
  return sums;
}

/** Null where its entries are not in its order. */
function indexSum(file: PageFile, { root, columns, order }: Index): RowSum | null {
  const sum = new RowSum();
  const entries = new EntryOrder(order);
  const cursor = new TreeCursor(file, root, "index", columns.length);
  while (cursor.next()) {
    if (!entries.follows(cursor)) return null;
    const { types, bytes, offsets, fields } = cursor;
    sum.begin();
    for (let i = 0; i < fields; i++) sum.add(types[i] as number, bytes, offsets[i] as number);
    sum.end();
  }
  return sum;
}
