/** Where a table's rows are in its file, and where each of its columns is in a record. */
import { quoteName } from "../../core/quote.ts";
import { affinityOf } from "../../core/schema/affinity.ts";
import type { Table } from "../../core/schema/catalog.ts";
import type { StoredColumn } from "../../core/values/stored-rows.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import type { TreeKind } from "./tree-page.ts";

export type StoredTable = {
  readonly root: number;
  readonly kind: TreeKind;
  /** How many values a record has at most. */
  readonly width: number;
  /** Of each column of the catalog's table, in its order. */
  readonly columns: readonly StoredColumn[];
};

type Listed = { readonly cid: bigint; readonly name: string; readonly type: string; readonly hidden: bigint };

/** Why a table's pages are not read directly, for people; else what to read. */
export function storedTable(db: Sqlite, table: Table): StoredTable | string {
  if (table.fullText !== undefined || table.relation !== undefined) return "it is a full-text table";
  if (db.pragma("encoding", { simple: true }) !== "UTF-8") return "its texts are in UTF-16";
  const root = db
    .prepare("SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = ?")
    .pluck()
    .get(table.name) as bigint | undefined;
  if (root === undefined || root === 0n) return "it has no pages of its own";
  const listed = db.prepare(`PRAGMA table_xinfo(${quoteName(table.name)})`).all() as Listed[];
  if (listed.some(({ hidden }) => hidden !== 0n)) return "it has generated columns";
  const order = table.withoutRowid ? keyFirst(db, table.name, listed) : listed.map(({ name }) => name);
  const columns = table.columns.map((column): StoredColumn | null => {
    if (column.isRowid || column.hiddenRowid === true) return table.withoutRowid ? null : { field: -1, real: false };
    const field = order.indexOf(column.name);
    const type = listed.find(({ name }) => name === column.name)?.type;
    return field < 0 || type === undefined ? null : { field, real: affinityOf(type) === "REAL" };
  });
  if (columns.includes(null)) return "its columns are not those of its file";
  const kind = table.withoutRowid ? "index" : "table";
  return { root: Number(root), kind, width: order.length, columns: columns as StoredColumn[] };
}

/** A WITHOUT ROWID table is an index: its key's columns come first. */
function keyFirst(db: Sqlite, table: string, listed: readonly Listed[]): string[] {
  const key = db
    .prepare(`SELECT name FROM pragma_index_list(${quoteText(table)}) WHERE origin = 'pk'`)
    .pluck()
    .get() as string | undefined;
  if (key === undefined) return [];
  const positions = db
    .prepare(`SELECT cid FROM pragma_index_xinfo(${quoteText(key)}) ORDER BY seqno`)
    .pluck()
    .all() as bigint[];
  const order = positions.map((cid) => listed.find((column) => column.cid === cid)?.name ?? "");
  return order.length === listed.length ? order : [];
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
