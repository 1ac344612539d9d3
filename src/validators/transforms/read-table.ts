/** Rows of a table in key order, in pieces of a size that the first pass did not use: a result that depends on the pieces is then another. */

import type { Value } from "../../core/plan/transform.ts";
import type { Catalog, Table } from "../../core/schema/catalog.ts";
import { quoteName } from "../quote.ts";
import { openSource, type Source } from "../source-reader.ts";
import { cellSql, cellValue, type RawCell } from "./cells.ts";

export type ReadRow = { readonly values: Value[]; readonly rowid: bigint | null };

const replayRows = 337;
const replayBytes = 600_000;

/**
 * Cells come as the driver gives them, which tells the classes apart, but shows U+FFFD for bytes that are not UTF-8: a
 * row with one is read again as bytes. Tables without rowid, and UTF-16, are read as bytes throughout.
 */
export function* readTable(
  db: Source,
  table: Place,
  columns: readonly string[],
  conditions: readonly string[],
  backwards: boolean,
  encoding: Catalog["encoding"],
): Generator<ReadRow[]> {
  const relation = table.relation ?? table.name;
  const own = quoteName(relation);
  const plain = encoding === "UTF-8" && table.rowidName !== null;
  const slots = columns.map((column) => (plain ? `${own}.${quoteName(column)}` : cellSql(relation, column)));
  slots.push(table.rowidName === null ? "NULL" : `${own}.${table.rowidName}`);
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.map((one) => `(${one}\n)`).join(" AND ")}`;
  const sql = `SELECT ${slots.join(", ")} FROM ${own} NOT INDEXED${where}${orderOf(own, table, backwards)}`;
  const exact = plain ? exactRow(db.name, table, columns) : null;
  let piece: ReadRow[] = [];
  let weight = 0;
  try {
    for (const cells of db.prepare(sql).raw(true).iterate() as IterableIterator<RawCell[]>) {
      const rowid = cells.pop() as bigint | null;
      const values =
        exact === null
          ? cells.map((cell) => cellValue(cell, encoding))
          : rowid !== null && cells.some(doubtful)
            ? exact.read(rowid)
            : cells;
      piece.push({ values, rowid });
      for (const cell of cells) weight += typeof cell === "string" || Buffer.isBuffer(cell) ? cell.length : 0;
      if (piece.length < replayRows && weight < replayBytes) continue;
      yield piece;
      piece = [];
      weight = 0;
    }
  } finally {
    exact?.close();
  }
  if (piece.length > 0) yield piece;
}

type Place = Pick<Table, "name" | "primaryKey" | "rowidName"> & { readonly relation?: string };

function doubtful(cell: RawCell): boolean {
  return typeof cell === "string" && cell.includes("\ufffd");
}

/** By a connection of its own, for the reader's is at work. */
function exactRow(path: string, { name: table, relation = table, rowidName }: Place, columns: readonly string[]) {
  let db: Source | null = null;
  let find: (rowid: bigint) => RawCell[] = () => [];
  const sql = `SELECT ${columns.map((column) => cellSql(relation, column)).join(", ")} FROM ${quoteName(relation)} WHERE ${quoteName(relation)}.${rowidName} = ?`;
  return {
    read(rowid: bigint): Value[] {
      if (db === null) {
        db = openSource(path);
        const one = db.prepare(sql).raw(true);
        find = (id) => one.get(id) as RawCell[];
      }
      return find(rowid).map((cell) => cellValue(cell, "UTF-8"));
    },
    close: () => void db?.close(),
  };
}

function orderOf(own: string, { primaryKey, rowidName }: Place, backwards: boolean): string {
  if (rowidName !== null) return ` ORDER BY ${own}.${rowidName}${backwards ? " DESC" : ""}`;
  if (primaryKey === null || !backwards) return "";
  return ` ORDER BY ${primaryKey.map((column) => `${own}.${quoteName(column)} DESC`).join(", ")}`;
}
