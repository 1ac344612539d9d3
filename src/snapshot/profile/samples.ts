/** Sample cells for messages: found again by condition, with the key of their row. */

import { isUtf8 } from "node:buffer";
import type { Sample, StorageClass } from "../../core/plan/profile.ts";
import { quoteName } from "../../core/quote.ts";
import type { Table } from "../../core/schema/catalog.ts";
import { type KeyValue, keyText } from "../../core/values/key-text.ts";
import { renderCell, shorten } from "../../core/values/render-cell.ts";
import { realDigits } from "../../core/values/wire.ts";
import { type Sqlite, selection } from "../../sqlite/open.ts";

export const samplesPerFinding = 3;

export class Samples {
  readonly db: Sqlite;
  readonly table: Table;
  readonly where: string | null;
  readonly keyColumns: readonly string[];

  constructor(db: Sqlite, table: Table, where: string | null) {
    this.db = db;
    this.table = table;
    this.where = where;
    this.keyColumns = table.primaryKey ?? (table.rowidName === null ? [] : [table.rowidName]);
  }

  /** SQL of the key columns, to be selected before the cell. */
  get keySql(): string {
    return this.keyColumns.length === 0
      ? "NULL"
      : this.keyColumns.map((c) => (this.table.primaryKey === null ? c : quoteName(c))).join(", ");
  }

  keyOf(values: readonly unknown[]): string {
    return keyText(this.keyColumns, values as KeyValue[]);
  }

  sample(values: readonly unknown[], storage: StorageClass, bytes: Buffer): Sample {
    return { key: this.keyOf(values), value: shorten(renderCell(storage, bytes)) };
  }

  /** First cells that meet a condition on the column. */
  find(column: string, condition: string, ...parameters: unknown[]): Sample[] {
    const c = quoteName(column);
    const selected = this.where === null ? "" : `${selection(this.where)} AND `;
    const rows = this.db
      .prepare(
        `SELECT ${this.keySql}, typeof(${c}), CASE typeof(${c}) WHEN 'text' THEN CAST(${c} AS BLOB) ELSE ${c} END FROM ${quoteName(this.table.relation ?? this.table.name)} NOT INDEXED WHERE ${selected}${condition} LIMIT ${samplesPerFinding}`,
      )
      .raw(true)
      .all(...parameters) as unknown[][];
    return rows.map((row) => {
      const storage = row.at(-2) as StorageClass;
      return this.sample(row.slice(0, -2), storage, this.#bytes(storage, row.at(-1)));
    });
  }

  ofClasses(column: string, counts: Readonly<Record<StorageClass, number>>): Partial<Record<StorageClass, Sample>> {
    const found: Partial<Record<StorageClass, Sample>> = {};
    for (const [storage, count] of Object.entries(counts) as [StorageClass, number][]) {
      const [sample] = count > 0 ? this.find(column, `typeof(${quoteName(column)}) = ?`, storage) : [];
      if (sample) found[storage] = sample;
    }
    return found;
  }

  /** BLOBs that could not stand among the column's texts. */
  countBytesNotText(column: string): number {
    const c = quoteName(column);
    const selected = this.where === null ? "" : `${selection(this.where)} AND `;
    const blobs = this.db
      .prepare(
        `SELECT ${c} FROM ${quoteName(this.table.relation ?? this.table.name)} WHERE ${selected}typeof(${c}) = 'blob'`,
      )
      .pluck()
      .iterate() as Iterable<Buffer>;
    let count = 0;
    for (const blob of blobs) if (!isUtf8(blob) || blob.includes(0)) count++;
    return count;
  }

  #bytes(storage: StorageClass, value: unknown): Buffer {
    if (value instanceof Buffer) return storage === "text" ? this.#utf8(value) : value;
    if (typeof value === "number") return Buffer.from(realDigits(value));
    return Buffer.from(value === null ? "" : String(value));
  }

  #utf8(bytes: Buffer): Buffer {
    const encoding = this.db.pragma("encoding", { simple: true });
    if (encoding === "UTF-8") return bytes;
    return Buffer.from((encoding === "UTF-16be" ? Buffer.from(bytes).swap16() : bytes).toString("utf16le"));
  }
}
