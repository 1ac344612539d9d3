/**
 * Rows of a table as steps see them: every cell with its storage class, invalid texts as their bytes in the
 * file. A driver's string shows U+FFFD where bytes are not UTF-8, so a row that holds one is read a second time, as
 * bytes. Where a row cannot be found again by rowid, and where SQLite itself would have to convert (UTF-16), every
 * text is read as bytes at once.
 */

import type { Value } from "../../core/plan/transform.ts";
import { quoteName } from "../../core/quote.ts";
import type { Catalog, Column, Table } from "../../core/schema/catalog.ts";
import { openSqlite, type Sqlite } from "../../sqlite/open.ts";
import { decodeText } from "./text-bytes.ts";

export type ReadRequest = {
  readonly table: Table;
  /** Read in this order; the table's own when absent. */
  readonly columns?: readonly Column[];
  /** All must hold; SQL of the table. */
  readonly conditions: readonly string[];
  readonly backwards: boolean;
};

/** `rowids[i]` belongs to `rows[i]`; null where the table has none to select. */
export type ValueBatch = { readonly rows: Value[][]; readonly rowids: (bigint | null)[] };

const batchRows = 500;
/** Few large rows make a batch as well as many small ones, so that memory stays flat. */
const batchBytes = 1 << 20;

/** In key order, or backwards. `db` is busy until the end; `path` is its file. */
export function* readValues(
  db: Sqlite,
  path: string,
  request: ReadRequest,
  encoding: Catalog["encoding"],
): Generator<ValueBatch> {
  const { table } = request;
  const columns = request.columns ?? table.columns;
  const exact = encoding !== "UTF-8" || table.rowidName === null;
  const again = exact ? null : rereader(path, table, columns);
  const statement = db.prepare(selectSql(request, columns, exact)).raw(true);
  let batch: ValueBatch = { rows: [], rowids: [] };
  let weight = 0;
  try {
    for (const row of statement.iterate() as IterableIterator<unknown[]>) {
      const rowid = table.rowidName === null ? null : (row.pop() as bigint);
      const values = exact ? decoded(row, encoding) : (row as Value[]);
      if (again !== null && values.some(suspicious) && rowid !== null) batch.rows.push(again.read(rowid));
      else batch.rows.push(values);
      batch.rowids.push(rowid);
      weight += weightOf(values);
      if (batch.rows.length === batchRows || weight > batchBytes) {
        yield batch;
        batch = { rows: [], rowids: [] };
        weight = 0;
      }
    }
  } finally {
    again?.close();
  }
  if (batch.rows.length > 0) yield batch;
}

function selectSql({ table, conditions, backwards }: ReadRequest, columns: readonly Column[], exact: boolean): string {
  const own = quoteName(table.relation ?? table.name);
  const slots = columns.flatMap(({ name }) => (exact ? exactSlots(own, name) : [`${own}.${quoteName(name)}`]));
  if (table.rowidName !== null) slots.push(`${own}.${table.rowidName}`);
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.map((one) => `(${one}\n)`).join(" AND ")}`;
  return `SELECT ${slots.join(", ")} FROM ${own} NOT INDEXED${where}${orderBy(table, own, backwards)}`;
}

/** A scan of a WITHOUT ROWID table is in key order by itself, and asking for it could make SQLite sort. */
function orderBy(table: Table, own: string, backwards: boolean): string {
  if (table.rowidName !== null) return ` ORDER BY ${own}.${table.rowidName}${backwards ? " DESC" : ""}`;
  if (!backwards || table.primaryKey === null) return "";
  return ` ORDER BY ${table.primaryKey.map((name) => `${own}.${quoteName(name)} DESC`).join(", ")}`;
}

/** A text's bytes in the file, and whether they are valid. */
function exactSlots(own: string, name: string): string[] {
  const c = `${own}.${quoteName(name)}`;
  return [`CASE typeof(${c}) WHEN 'text' THEN CAST(${c} AS BLOB) ELSE ${c} END`, `typeof(${c}) = 'text'`];
}

function decoded(row: readonly unknown[], encoding: Catalog["encoding"]): Value[] {
  const values: Value[] = [];
  for (let i = 0; i < row.length; i += 2) {
    const cell = row[i] as Value;
    values.push(row[i + 1] === 1n ? decodeText(cell as Buffer, encoding) : cell);
  }
  return values;
}

/** U+FFFD: in the text itself, or in place of bytes that are not UTF-8. */
function suspicious(value: Value): boolean {
  return typeof value === "string" && value.includes("\ufffd");
}

function weightOf(values: readonly Value[]): number {
  let weight = 0;
  for (const value of values) {
    if (typeof value === "string") weight += value.length;
    else if (value instanceof Uint8Array) weight += value.length;
  }
  return weight;
}

/** A connection of its own, opened at the first such row: the reader's is busy. */
function rereader(path: string, table: Table, columns: readonly Column[]) {
  let db: Sqlite | null = null;
  let find: (rowid: bigint) => unknown[] = () => [];
  return {
    read(rowid: bigint): Value[] {
      if (db === null) {
        db = openSqlite(path);
        const own = quoteName(table.relation ?? table.name);
        const slots = columns.flatMap(({ name }) => exactSlots(own, name)).join(", ");
        const one = db.prepare(`SELECT ${slots} FROM ${own} WHERE ${own}.${table.rowidName} = ?`).raw(true);
        find = (id) => one.get(id) as unknown[];
      }
      return decoded(find(rowid), "UTF-8");
    },
    close(): void {
      db?.close();
    },
  };
}
