/**
 * Foreign keys as pairs of row numbers, and sets of rows by table. Each key is followed once for all rows, so walking
 * it afterwards costs by the rows that are walked, however deep a chain of parents is. A row's number is its rowid; a
 * table without any is numbered here.
 */

import { RowhaulError } from "../../core/messages/errors.ts";
import { quoteName } from "../../core/quote.ts";
import type { Catalog, ForeignKey, Table } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import type { Sqlite } from "../../sqlite/open.ts";

export type Edge = { readonly child: Table; readonly parent: Table; readonly key: ForeignKey; readonly name: string };

export type EdgeStore = {
  readonly db: Sqlite;
  readonly catalog: Catalog;
  /** Throws PLAN_INVALID. */
  table(name: string): Table;
  /** SQL of a row's number, in a query over `snap.<table>`. */
  id(table: Table): string;
  /** Foreign keys of the table that lead to another there is. */
  keys(child: Table): { readonly parent: Table; readonly key: ForeignKey }[];
  /** The pairs of a key, made at the first request: a table with the columns `parent` and `child`. */
  edge(child: Table, key: ForeignKey): Edge;
  /** A new empty set of rows under a table's name; `kind` tells several of one table apart. */
  makeSet(table: Table, kind: string): string;
  hasSet(table: Table, kind: string): boolean;
  /** The set by which readers select: SQL for `rowhaul_rows`. */
  condition(table: string): string;
  /** Says which set is a table's selection. */
  select(table: Table, set: string): void;
  selected(): { readonly table: string; readonly rows: number }[];
};

export function edgeStore(db: Sqlite, catalog: Catalog): EdgeStore {
  const numbered = new Map<string, string>();
  const edges = new Map<string, Edge>();
  const sets = new Set<string>();
  const chosen = new Map<string, string>();
  const at = (table: Table): number => catalog.tables.indexOf(table);
  const find = (name: string): Table | undefined => catalog.tables.find((table) => sameName(table.name, name));
  const setName = (table: Table, kind: string): string => quoteName(`rowhaul ${kind} ${at(table)}`);
  const id = (table: Table): string => {
    const own = quoteName(table.name);
    if (table.rowidName !== null) return `${own}.${table.rowidName}`;
    const ids = numbered.get(table.name) ?? numberRows(db, table, quoteName(`rowhaul ids ${at(table)}`));
    numbered.set(table.name, ids);
    const match = (table.primaryKey ?? []).map((name, i) => `n.k${i} = ${own}.${quoteName(name)}`);
    return `(SELECT n.id FROM main.${ids} AS n WHERE ${match.join(" AND ")})`;
  };
  return {
    db,
    catalog,
    id,
    table(name) {
      const table = find(name);
      if (table !== undefined) return table;
      throw new RowhaulError("PLAN_INVALID", `The source has no table ${name}.`, {
        details: [`It has: ${catalog.tables.map((one) => one.name).join(", ")}`],
      });
    },
    keys(child) {
      return child.foreignKeys.flatMap((key) => {
        const parent = find(key.parent);
        return parent === undefined || key.parentColumns.length !== key.columns.length ? [] : [{ parent, key }];
      });
    },
    edge(child, key) {
      const label = `${at(child)} ${child.foreignKeys.indexOf(key)}`;
      const known = edges.get(label);
      if (known !== undefined) return known;
      const parent = find(key.parent);
      if (parent === undefined) throw new Error(`No table ${key.parent}`);
      const made = { child, parent, key, name: quoteName(`rowhaul edge ${label}`) };
      followKey(db, made, id);
      edges.set(label, made);
      return made;
    },
    makeSet(table, kind) {
      const set = setName(table, kind);
      if (!sets.has(set)) {
        db.exec(`CREATE TABLE main.${set} (id INTEGER PRIMARY KEY, round INTEGER)`);
        db.exec(`CREATE INDEX main.${quoteName(`${set.slice(1, -1)} by round`)} ON ${set} (round)`);
        sets.add(set);
      }
      return set;
    },
    hasSet: (table, kind) => sets.has(setName(table, kind)),
    select: (table, set) => void chosen.set(table.name, set),
    condition(name) {
      const table = find(name);
      const set = table && chosen.get(table.name);
      if (table === undefined || set === undefined) return "0";
      const own = quoteName(table.name);
      if (table.rowidName !== null) return `${own}.${table.rowidName} IN (SELECT id FROM rowhaul_rows.${set})`;
      id(table);
      const columns = (table.primaryKey ?? []).map((column) => `${own}.${quoteName(column)}`);
      const keys = columns.map((_, i) => `n.k${i}`).join(", ");
      const ids = numbered.get(table.name) ?? "";
      return `(${columns.join(", ")}) IN (SELECT ${keys} FROM rowhaul_rows.${ids} AS n JOIN rowhaul_rows.${set} AS s ON s.id = n.id)`;
    },
    selected() {
      return [...chosen].map(([table, set]) => ({
        table,
        rows: Number(db.prepare(`SELECT count(*) FROM main.${set}`).pluck().get()),
      }));
    },
  };
}

function numberRows(db: Sqlite, table: Table, ids: string): string {
  const key = table.primaryKey;
  if (key === null || !table.withoutRowid)
    throw new RowhaulError(
      "PLAN_INVALID",
      `Columns of ${table.name} are named rowid, _rowid_ and oid, so its rows cannot be told apart for a selection.`,
      { place: { table: table.name } },
    );
  const names = key.map((_, i) => `k${i}`).join(", ");
  const own = key.map((name) => `t.${quoteName(name)}`).join(", ");
  db.exec(`CREATE TABLE main.${ids} (id INTEGER PRIMARY KEY, ${names})`);
  db.exec(`INSERT INTO main.${ids} (${names}) SELECT ${own} FROM snap.${quoteName(table.name)} AS t`);
  db.exec(`CREATE INDEX main.${quoteName(`${ids.slice(1, -1)} by key`)} ON ${ids} (${names})`);
  return ids;
}

/** The parent's columns stand on the left, for its collation decides, as in SQLite's own foreign keys. */
function followKey(db: Sqlite, { child, parent, key, name }: Edge, id: (table: Table) => string): void {
  db.exec(`CREATE TABLE main.${name} (parent INTEGER, child INTEGER)`);
  const rename = (sql: string, table: Table, alias: string): string =>
    sql.replaceAll(`${quoteName(table.name)}.`, () => `${alias}.`);
  const match = key.columns.map(
    (column, i) => `"rowhaul p".${quoteName(key.parentColumns[i] ?? "")} = "rowhaul c".${quoteName(column)}`,
  );
  const [p, c] = [rename(id(parent), parent, `"rowhaul p"`), rename(id(child), child, `"rowhaul c"`)];
  db.exec(
    `INSERT INTO main.${name} SELECT ${p}, ${c} FROM snap.${quoteName(child.name)} AS "rowhaul c" CROSS JOIN snap.${quoteName(parent.name)} AS "rowhaul p" ON ${match.join(" AND ")}`,
  );
  for (const column of ["parent", "child"])
    db.exec(`CREATE INDEX main.${quoteName(`${name.slice(1, -1)} by ${column}`)} ON ${name} (${column})`);
}

/** Tables by folded name. */
export function tableKey(table: Table): string {
  return foldName(table.name);
}
