/**
 * Values into a table of typeless columns, class by class. A row is checked before anything of it is written, so that
 * a refused row leaves nothing behind. A text that must go in as bytes is cast inside SQLite, which takes
 * them as they are; there is a statement for each set of columns that needs it.
 */

import { RowhaulError } from "../../core/messages/errors.ts";
import type { Value } from "../../core/plan/transform.ts";
import { quoteName } from "../../core/quote.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import { encodeText } from "./text-bytes.ts";

export type Cell = null | bigint | number | string | Buffer;
/** Ready to be written. `texts`: positions of the cells that are the bytes of a text, joined by commas. */
export type BoundRow = { readonly cells: Cell[]; readonly texts: string };

export type RowWriter = {
  /** Throws TRANSFORM_FAILED with the column when a value is none that a cell can hold. */
  bind(row: readonly Value[]): BoundRow;
  /** `rowid`: null lets SQLite choose the next one. */
  write(row: BoundRow, rowid: bigint | null): void;
};

export type WriteRequest = {
  readonly table: string;
  readonly columns: readonly string[];
  /** Under which the hidden rowid is given; null when rows get none from outside. */
  readonly rowidName: string | null;
  /** Position of the column that is the rowid; null when none is. */
  readonly alias: number | null;
};

/** Statements kept for different sets of byte texts. */
const keptStatements = 100;

export function rowWriter(db: Sqlite, request: WriteRequest, encoding: Catalog["encoding"]): RowWriter {
  const { columns, alias, rowidName } = request;
  const statements = new Map<string, (cells: Cell[]) => unknown>();
  const statementFor = (texts: string): ((cells: Cell[]) => unknown) => {
    const known = statements.get(texts);
    if (known !== undefined) return known;
    const prepared = db.prepare(insertSql(request, texts));
    const run = (cells: Cell[]): unknown => prepared.run(cells);
    if (statements.size >= keptStatements) statements.clear();
    statements.set(texts, run);
    return run;
  };
  return {
    bind(row) {
      if (row.length !== columns.length)
        throw new Error(`A row of ${row.length} values for the ${columns.length} columns of ${request.table}`);
      const cells: Cell[] = new Array(row.length + (rowidName === null ? 0 : 1));
      let texts = "";
      for (let i = 0; i < row.length; i++) {
        const cell = cellOf(row[i], encoding);
        if (cell === undefined) throw noCell(columns[i] ?? "", row[i]);
        cells[i] = cell.value;
        if (cell.text) texts += `${i},`;
      }
      if (alias !== null && typeof row[alias] !== "bigint") throw noKey(columns[alias] ?? "", row[alias]);
      if (rowidName !== null) cells[row.length] = null;
      return { cells, texts };
    },
    write({ cells, texts }, rowid) {
      if (rowidName !== null) cells[columns.length] = rowid;
      statementFor(texts)(cells);
    },
  };
}

function insertSql({ table, columns, rowidName }: WriteRequest, texts: string): string {
  const casts = new Set(texts.split(","));
  const names = columns.map(quoteName);
  const places = columns.map((_, i) => (casts.has(String(i)) ? "CAST(? AS TEXT)" : "?"));
  if (rowidName !== null) {
    names.push(rowidName);
    places.push("?");
  }
  return `INSERT INTO ${quoteName(table)} (${names.join(", ")}) VALUES (${places.join(", ")})`;
}

type Bound = { readonly value: Cell; readonly text: boolean };
const nothing: Bound = { value: null, text: false };

/** Undefined for what no cell can hold. A step written in JavaScript may hand on anything. */
function cellOf(value: Value | undefined, encoding: Catalog["encoding"]): Bound | undefined {
  switch (typeof value) {
    case "bigint":
      return BigInt.asIntN(64, value) === value ? { value, text: false } : undefined;
    case "number":
      return Number.isNaN(value) ? undefined : { value, text: false };
    case "string":
      if (!value.isWellFormed()) return undefined;
      return encoding === "UTF-8" ? { value, text: false } : { value: encodeText(value, encoding), text: true };
    case "object":
      if (value === null) return nothing;
      if (value instanceof Uint8Array) return { value: bufferOf(value), text: false };
      return value.rawText instanceof Uint8Array ? { value: bufferOf(value.rawText), text: true } : undefined;
    default:
      return undefined;
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function noCell(column: string, value: unknown): RowhaulError {
  const what =
    typeof value === "bigint"
      ? `${value}, which has more than 64 bits`
      : typeof value === "string"
        ? "a text with half of a surrogate pair"
        : `${String(value)}, which is no value`;
  return new RowhaulError("TRANSFORM_FAILED", `${column} would be ${what}.`, { place: { column } });
}

function noKey(column: string, value: unknown): RowhaulError {
  const is = value === null ? "NULL" : `no integer`;
  return new RowhaulError("TRANSFORM_FAILED", `${column} is the table's key and ${is} after the steps.`, {
    place: { column },
  });
}
