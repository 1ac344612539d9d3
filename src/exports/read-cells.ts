/**
 * Rows of a snapshot file with every cell's class and bytes. better-sqlite3 silently puts
 * U+FFFD where a text is not valid; so where one appears, the rest
 * of the table is read together with the bytes of its texts.
 */

import { isUtf8 } from "node:buffer";
import type Database from "better-sqlite3";
import { quoteName } from "../core/quote.ts";
import type { Catalog } from "../core/schema/catalog.ts";
import type { ExportCell } from "./cell.ts";
import { fromSql, type Reading } from "./reading.ts";

type TextEncoding = Catalog["encoding"];

/** One array a row: the hidden rowid first where the reading has one, then the columns. */
export function* readCells(
  db: Database.Database,
  reading: Reading,
  encoding: TextEncoding,
): Generator<readonly ExportCell[]> {
  let done = 0;
  // SQLite converts UTF-16 before anyone can see what was wrong with it.
  if (encoding === "UTF-8") {
    let suspicious = false;
    for (const row of selectRows(db, plainSelect(reading))) {
      suspicious = row.some((cell) => typeof cell === "string" && cell.includes("\uFFFD"));
      if (suspicious) break;
      yield row;
      done += 1;
    }
    if (!suspicious) return;
  }
  const own = columnsOf(reading).length;
  for (const row of selectRows(db, carefulSelect(reading, done)))
    yield row.slice(0, own).map((cell, i) => checkedText(cell, row[own + i] ?? null, encoding));
}

type PlainCell = null | bigint | number | string | Buffer;

function selectRows(db: Database.Database, sql: string): IterableIterator<PlainCell[]> {
  return db.prepare(sql).raw(true).iterate() as IterableIterator<PlainCell[]>;
}

function columnsOf(reading: Reading): string[] {
  const columns = reading.columns.map(({ name }) => quoteName(name));
  return reading.rowid === null ? columns : [reading.rowid.sql, ...columns];
}

function plainSelect(reading: Reading): string {
  return `SELECT ${columnsOf(reading).join(", ")} ${fromSql(reading)}${orderBy(reading)}`;
}

function carefulSelect(reading: Reading, from: number): string {
  const columns = columnsOf(reading);
  const bytes = columns.map((column) => `CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) END`);
  return `SELECT ${[...columns, ...bytes].join(", ")} ${fromSql(reading)}${orderBy(reading)} LIMIT -1 OFFSET ${from}`;
}

function orderBy({ order }: Reading): string {
  return order === null ? "" : ` ORDER BY ${order}`;
}

function checkedText(cell: PlainCell, bytes: PlainCell, encoding: TextEncoding): ExportCell {
  if (typeof cell !== "string" || !Buffer.isBuffer(bytes)) return cell;
  if (encoding === "UTF-8") return isUtf8(bytes) ? cell : { broken: bytes };
  if (bytes.length % 2 !== 0) return { broken: bytes };
  const text = (encoding === "UTF-16be" ? Buffer.from(bytes).swap16() : bytes).toString("utf16le");
  return text.isWellFormed() ? text : { broken: bytes };
}
