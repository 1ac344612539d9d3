/** The default of a column that was added after some rows were written: SQLite keeps it in the schema alone. */
import { quoteName } from "../../core/quote.ts";
import type { Table } from "../../core/schema/catalog.ts";
import type { StoredValue } from "../../core/values/stored-rows.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import { PageError } from "./page-error.ts";

/** All rows without the column have the same; SQLite is asked for that of one of them. Throws PageError where none can be named. */
export function addedValue(db: Sqlite, table: Table, column: string, rowid: bigint): StoredValue {
  if (table.rowidName === null)
    throw new PageError(null, `${table.name}.${column} was added later, and no rowid leads to a row without it`);
  const c = quoteName(column);
  const [storage, value, bytes] = db
    .prepare(
      `SELECT typeof(${c}), ${c}, CAST(${c} AS BLOB) FROM ${quoteName(table.name)} NOT INDEXED WHERE ${table.rowidName} = ?`,
    )
    .raw(true)
    .get(rowid) as [string, unknown, Buffer | null];
  const number = Buffer.alloc(8);
  switch (storage) {
    case "null":
      return { type: 0, bytes: number };
    case "integer":
      number.writeBigInt64BE(value as bigint);
      return { type: 6, bytes: number };
    case "real":
      number.writeDoubleBE(value as number);
      return { type: 7, bytes: number };
    default:
      return { type: (bytes?.length ?? 0) * 2 + (storage === "text" ? 13 : 12), bytes: bytes ?? Buffer.alloc(0) };
  }
}
