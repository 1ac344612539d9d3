/** Where a table is cut into units. */
import { quoteName } from "../../core/quote.ts";
import type { Table } from "../../core/schema/catalog.ts";
import type { Sqlite } from "../../sqlite/open.ts";

/** A unit is about this large, so that a crash costs little and a COPY is worth its transaction. */
const unitBytes = 16 << 20;

/** Bytes of one of the rows that a table of so many bytes has. */
export function rowBytes(bytes: number, rows: number): number {
  return Math.max(16, bytes / Math.max(1, rows));
}

export function unitRows(bytes: number, rows: number): number {
  return Math.ceil(unitBytes / rowBytes(bytes, rows));
}

/** So few more rows than a unit's are one unit. */
export function isOneUnit(rows: number, step: number): boolean {
  return rows <= step * 1.5;
}

/** Rowids at which units begin; every `step` rows. */
export function boundaries(db: Sqlite, table: Table, rows: number, step: number): string[] {
  if (table.rowidName === null || isOneUnit(rows, step)) return [];
  const next = db
    .prepare(
      `SELECT ${table.rowidName} FROM ${quoteName(table.relation ?? table.name)} WHERE ${table.rowidName} >= ? ORDER BY 1 LIMIT 1 OFFSET ${step}`,
    )
    .pluck();
  const found: string[] = [];
  let at: bigint | undefined = -(2n ** 63n);
  for (;;) {
    at = next.get(at) as bigint | undefined;
    if (at === undefined) return found;
    found.push(String(at));
  }
}
