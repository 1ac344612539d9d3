/** Rows of a table in key order, in pieces of a size that the first pass did not use: a result that depends on the pieces is then another. */
import type { Catalog, Table } from "../../core/catalog.ts";
import type { Value } from "../../core/transform.ts";
import { name } from "../quote.ts";
import type { Source } from "../source-reader.ts";
import { cellSql, cellValue, type RawCell } from "./cells.ts";

export type ReadRow = { readonly values: Value[]; readonly rowid: bigint | null };

export const replayRows = 337;

export function* readTable(
  db: Source,
  table: Pick<Table, "name" | "primaryKey" | "rowidName"> & { readonly relation?: string },
  columns: readonly string[],
  conditions: readonly string[],
  backwards: boolean,
  encoding: Catalog["encoding"],
): Generator<ReadRow[]> {
  const relation = table.relation ?? table.name;
  const own = name(relation);
  const slots = columns.map((column) => cellSql(relation, column));
  slots.push(table.rowidName === null ? "NULL" : `${own}.${table.rowidName}`);
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.map((one) => `(${one}\n)`).join(" AND ")}`;
  const sql = `SELECT ${slots.join(", ")} FROM ${own} NOT INDEXED${where}${orderOf(own, table, backwards)}`;
  let piece: ReadRow[] = [];
  for (const cells of db.prepare(sql).raw(true).iterate() as IterableIterator<RawCell[]>) {
    const rowid = cells.pop() as bigint | null;
    piece.push({ values: cells.map((cell) => cellValue(cell, encoding)), rowid });
    if (piece.length < replayRows) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

function orderOf(
  own: string,
  { primaryKey, rowidName }: Pick<Table, "primaryKey" | "rowidName">,
  backwards: boolean,
): string {
  if (rowidName !== null) return ` ORDER BY ${own}.${rowidName}${backwards ? " DESC" : ""}`;
  if (primaryKey === null || !backwards) return "";
  return ` ORDER BY ${primaryKey.map((column) => `${own}.${name(column)} DESC`).join(", ")}`;
}
