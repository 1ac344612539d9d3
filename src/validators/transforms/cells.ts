/**
 * A cell as bytes: a text comes as the bytes that lie in the file, a blob as its hex digits, so each class has a
 * JavaScript type of its own and nothing is decoded by SQLite or the driver.
 */
import { isUtf8 } from "node:buffer";
import type { Value } from "../../core/plan/transform.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import { quoteName } from "../quote.ts";

export type RawCell = null | bigint | number | string | Buffer;

export function cellSql(table: string, column: string): string {
  const c = `${quoteName(table)}.${quoteName(column)}`;
  return `CASE typeof(${c}) WHEN 'text' THEN CAST(${c} AS BLOB) WHEN 'blob' THEN hex(${c}) ELSE ${c} END`;
}

export function cellValue(cell: RawCell, encoding: Catalog["encoding"]): Value {
  if (typeof cell === "string") return Buffer.from(cell, "hex");
  if (!Buffer.isBuffer(cell)) return cell;
  return decoded(cell, encoding) ?? { rawText: cell };
}

export function decoded(bytes: Buffer, encoding: Catalog["encoding"]): string | null {
  if (encoding === "UTF-8") return isUtf8(bytes) ? bytes.toString("utf8") : null;
  if (bytes.length % 2 !== 0) return null;
  const wide = encoding === "UTF-16be" ? Buffer.from(bytes).swap16() : bytes;
  const found = wide.toString("utf16le");
  return found.isWellFormed() ? found : null;
}
