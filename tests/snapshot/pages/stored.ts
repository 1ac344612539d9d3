/** A table's rows by its pages and by SQLite, in one spelling. */
import type Database from "better-sqlite3";
import type { Catalog, Table } from "../../../src/core/schema/catalog.ts";
import { readCatalog } from "../../../src/snapshot/catalog/read-file-catalog.ts";
import { addedValue } from "../../../src/snapshot/pages/added-column.ts";
import { openPageFile } from "../../../src/snapshot/pages/page-file.ts";
import { storedTable } from "../../../src/snapshot/pages/stored-table.ts";
import { type RowidRange, TreeCursor } from "../../../src/snapshot/pages/tree-cursor.ts";

/** By its pages. Throws PageError, and an Error for a table that is not to be read so. */
export function byPages(
  db: Database.Database,
  path: string,
  name = "t",
  range?: RowidRange,
  catalog: Catalog = readCatalog(db),
): string[] {
  const table = catalog.tables.find((one) => one.name === name) as Table;
  const stored = storedTable(db, table);
  if (typeof stored === "string") throw new Error(stored);
  const file = openPageFile(path);
  try {
    const cursor = new TreeCursor(file, stored.root, stored.kind, stored.width, range);
    const rows: string[] = [];
    while (cursor.next()) {
      const rowid = BigInt(cursor.rowidHigh) * 2n ** 32n + BigInt(cursor.rowidLow);
      const cells = stored.columns.map(({ field, real }, i) => {
        if (field < 0) return `integer ${rowid}`;
        if (field < cursor.fields)
          return spelled(cursor.types[field] as number, cursor.bytes, cursor.offsets[field] as number, real);
        const added = addedValue(db, table, table.columns[i]?.name ?? "", rowid);
        return spelled(added.type, added.bytes, 0, real);
      });
      rows.push(cells.join(", "));
    }
    return rows;
  } finally {
    file.close();
  }
}

export function bySqlite(db: Database.Database, name = "t", where = "TRUE"): string[] {
  const table = readCatalog(db).tables.find((one) => one.name === name) as Table;
  const columns = table.columns.map(({ name: column }) => `"${column.replaceAll('"', '""')}"`);
  const order = table.rowidName === null ? "" : ` ORDER BY ${table.rowidName}`;
  const rows = db
    .prepare(
      `SELECT ${columns.map((c) => `typeof(${c}), ${c}, CAST(${c} AS BLOB)`).join(", ")} FROM "${name}" NOT INDEXED WHERE ${where}${order}`,
    )
    .raw()
    .safeIntegers()
    .all() as unknown[][];
  return rows.map((row) =>
    columns
      .map((_, i) => {
        const [storage, value, bytes] = row.slice(i * 3) as [string, unknown, Buffer | null];
        if (storage === "null") return "null";
        if (storage === "integer") return `integer ${value}`;
        if (storage === "real") return `real ${bits(value as number)}`;
        return `${storage} ${bytes?.toString("hex") ?? ""}`;
      })
      .join(", "),
  );
}

function spelled(type: number, bytes: Buffer, at: number, real: boolean): string {
  if (type === 0) return "null";
  if (type === 7) {
    const value = bytes.readDoubleBE(at);
    return Number.isNaN(value) ? "null" : `real ${bits(value)}`;
  }
  if (type >= 12) {
    const length = Math.floor((type - 12) / 2);
    return `${type % 2 === 0 ? "blob" : "text"} ${bytes.toString("hex", at, at + length)}`;
  }
  const integer = type >= 8 ? BigInt(type - 8) : whole(bytes, at, [0, 1, 2, 3, 4, 6, 8][type] as number);
  return real ? `real ${bits(Number(integer))}` : `integer ${integer}`;
}

function whole(bytes: Buffer, at: number, length: number): bigint {
  return BigInt.asIntN(length * 8, BigInt(`0x${bytes.toString("hex", at, at + length)}`));
}

function bits(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString("hex");
}
