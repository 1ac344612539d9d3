/**
 * A source row's place, as a text that finds it again: the rowid where there is
 * one, else the primary key, else (a table whose columns took all of rowid's
 * names) its ordinal. Texts and blobs go as hex and reals as their eight bytes,
 * so that any value survives.
 */

import type { TablePlan } from "../../../core/plan/plan.ts";
import type { Table } from "../../../core/schema/catalog.ts";
import { quoteName } from "../../quote.ts";

export type PlaceKind = { readonly by: "rowid" | "key" | "ordinal" | "kept"; readonly columns: readonly string[] };

export type Found = { readonly sql: string; readonly parameters: readonly (string | number | bigint | Buffer)[] };

export function placeKind(table: Table | undefined, plan: Pick<TablePlan, "rowidName" | "key">): PlaceKind {
  const rowid = table?.rowidName ?? plan.rowidName;
  if (rowid !== null && !table?.withoutRowid) return { by: "rowid", columns: [rowid] };
  // Where the plan names no key, the ledger too can only count the rows.
  if (table?.primaryKey && plan.key.kind !== "none") return { by: "key", columns: table.primaryKey };
  return { by: "ordinal", columns: [] };
}

/** SQL of SQLite: the place, in a SELECT over the selected rows. */
export function placeSql({ by, columns }: PlaceKind): string {
  if (by === "kept") return '"rowhaul place"';
  if (by === "ordinal") return "CAST(row_number() OVER () AS TEXT)";
  if (by === "rowid") return `CAST(${quoteName(columns[0] ?? "")} AS TEXT)`;
  return columns.map((column) => keyPart(quoteName(column))).join("||','||");
}

/** What follows the columns of a SELECT to find that one row. `from` selects all rows. */
export function findPlace({ by, columns }: PlaceKind, from: string, place: string): Found {
  if (by === "kept") return { sql: `${from} AND "rowhaul place" = ?`, parameters: [place] };
  if (by === "ordinal") return { sql: `${from} LIMIT 1 OFFSET ?`, parameters: [BigInt(place) - 1n] };
  if (by === "rowid") return { sql: `${from} AND ${quoteName(columns[0] ?? "")} = ?`, parameters: [BigInt(place)] };
  const parts = place.split(",").map(readPart);
  const conditions = columns.map((column, i) => `${quoteName(column)} = ${parts[i]?.sql}`);
  return { sql: `${from} AND ${conditions.join(" AND ")}`, parameters: parts.map((part) => part.value) };
}

function keyPart(c: string): string {
  return `CASE typeof(${c}) WHEN 'integer' THEN 'i'||${c} WHEN 'real' THEN 'r'||rowhaul_float8(${c}) WHEN 'text' THEN 't'||hex(CAST(${c} AS BLOB)) ELSE 'b'||hex(${c}) END`;
}

function readPart(part: string): { sql: string; value: number | bigint | Buffer } {
  const content = part.slice(1);
  switch (part[0]) {
    case "i":
      return { sql: "?", value: BigInt(content) };
    case "r":
      return { sql: "?", value: Buffer.from(content, "hex").readDoubleBE() };
    case "t":
      return { sql: "CAST(? AS TEXT)", value: Buffer.from(content, "hex") };
    default:
      return { sql: "?", value: Buffer.from(content, "hex") };
  }
}
