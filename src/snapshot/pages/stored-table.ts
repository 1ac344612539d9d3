/** Where a table's rows are in its file, and where each of its columns is in a record. */
import { affinityOf } from "../../core/schema/affinity.ts";
import type { Table } from "../../core/schema/catalog.ts";
import type { StoredColumn } from "../../core/values/stored-rows.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import { schemaRoots } from "./schema-roots.ts";
import type { TreeKind } from "./tree-page.ts";

export type StoredTable = {
  readonly root: number;
  readonly kind: TreeKind;
  /** How many values a record has at most. */
  readonly width: number;
  /** Of each column of the catalog's table, in its order. */
  readonly columns: readonly StoredColumn[];
};

type Listed = {
  readonly cid: bigint;
  readonly name: string;
  readonly type: string;
  readonly pk: bigint;
  readonly hidden: bigint;
};

/**
 * Why a table's pages are not read directly, for people; else what to read. The file itself is asked: the catalog may
 * describe another store, whose rows the file has.
 */
export function storedTable(db: Sqlite, table: Table): StoredTable | string {
  if (table.fullText !== undefined || table.relation !== undefined) return "it is a full-text table";
  if (db.pragma("encoding", { simple: true }) !== "UTF-8") return "its texts are in UTF-16";
  const { tables, withoutRowid: keyed } = schemaRoots(db);
  const root = tables.get(table.name) ?? 0;
  if (root === 0) return "it has no pages of its own";
  const withoutRowid = keyed.has(table.name);
  const listed = db
    .prepare("SELECT cid, name, type, pk, hidden FROM pragma_table_xinfo(?)")
    .all(table.name) as Listed[];
  if (listed.some(({ hidden }) => hidden !== 0n)) return "it has generated columns";
  const key = keyIndex(db, table.name);
  const order = withoutRowid ? keyFirst(db, key, listed) : listed.map(({ name }) => name);
  const alias = withoutRowid || key !== null ? null : rowidAlias(listed);
  const columns = table.columns.map((column): StoredColumn | null => {
    const own = listed.find(({ name }) => name === column.name);
    if (own === undefined) return column.hiddenRowid === true && !withoutRowid ? { field: -1, real: false } : null;
    if (own === alias) return { field: -1, real: false };
    const field = order.indexOf(own.name);
    return field < 0 ? null : { field, real: affinityOf(own.type) === "REAL" };
  });
  if (columns.includes(null)) return "its columns are not those of its file";
  return {
    root,
    kind: withoutRowid ? "index" : "table",
    width: order.length,
    columns: columns as StoredColumn[],
  };
}

/** The index that a PRIMARY KEY has, or that a table without rowid is. */
function keyIndex(db: Sqlite, table: string): string | null {
  const name = db.prepare("SELECT name FROM pragma_index_list(?) WHERE origin = 'pk'").pluck().get(table);
  return (name as string | undefined) ?? null;
}

/** A lone INTEGER key without an index of its own; `INTEGER PRIMARY KEY DESC` has one. */
function rowidAlias(listed: readonly Listed[]): Listed | null {
  const [only, ...others] = listed.filter(({ pk }) => pk > 0n);
  return only !== undefined && others.length === 0 && /^integer$/i.test(only.type) ? only : null;
}

/** A table without rowid is an index: its key's columns come first. */
function keyFirst(db: Sqlite, key: string | null, listed: readonly Listed[]): string[] {
  const positions = db.prepare("SELECT cid FROM pragma_index_xinfo(?) ORDER BY seqno").pluck().all(key) as bigint[];
  const order = positions.map((cid) => listed.find((column) => column.cid === cid)?.name ?? "");
  return order.length === listed.length ? order : [];
}
