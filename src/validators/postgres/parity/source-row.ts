/** One source row, cell by cell with class and bytes. Only for rows that differ: a value per cell is slow. */

import type { StorageClass } from "../../../core/plan/profile.ts";
import type { Catalog } from "../../../core/schema/catalog.ts";
import { type KeyValue, keyText } from "../../../core/values/key-text.ts";
import { quoteName } from "../../quote.ts";
import type { Comparison } from "./comparison.ts";
import { decode } from "./functions.ts";
import { findPlace } from "./locator.ts";
import { decimalText } from "./values/number-text.ts";
import type { Raw } from "./values/raw.ts";

export type Cell = {
  readonly storage: StorageClass;
  /** UTF-8 for text (as stored when that is not valid text), raw for a blob, ASCII digits for numbers. */
  readonly bytes: Buffer;
  readonly number: number | bigint | null;
  /** A text decoded; null for other classes and for text that is not valid. */
  readonly text: string | null;
  /** A REAL as SQLite casts it to text; absent for other classes. */
  readonly cast?: string;
  /** A text that is not valid, with U+FFFD for each invalid sequence; null for all others. */
  readonly repaired: string | null;
  /** Such a text of a database in UTF-16. */
  readonly wide?: true;
};

/** SQLite returns at most 2,000 columns, and each cell takes three. */
const cellsPerQuery = 600;

export function readCells(comparison: Comparison, place: string, columns: readonly string[]): Cell[] {
  const cells: Cell[] = [];
  for (let from = 0; from < columns.length; from += cellsPerQuery) {
    const part = columns.slice(from, from + cellsPerQuery).map(quoteName);
    const expressions = part.map(
      (c) =>
        `typeof(${c}), CASE WHEN typeof(${c}) IN ('text', 'blob') THEN CAST(${c} AS BLOB) ELSE ${c} END, CASE typeof(${c}) WHEN 'real' THEN CAST(${c} AS TEXT) END`,
    );
    const raw = readRow(comparison, place, expressions.join(", "));
    for (let i = 0; i < part.length; i++) {
      const cell = cellOf(raw[3 * i] as StorageClass, raw[3 * i + 1] ?? null, comparison.catalog.encoding);
      const cast = raw[3 * i + 2];
      cells.push(typeof cast === "string" ? { ...cell, cast } : cell);
    }
  }
  return cells;
}

/** Canonical texts of the row's cells, digests in place of long ones. */
export function readCanonical(comparison: Comparison, place: string): string[] {
  const wide = comparison.catalog.encoding !== "UTF-8";
  const expressions = comparison.columns.map(({ sourceCell }) => (wide ? sourceCell : `CAST(${sourceCell} AS BLOB)`));
  // latin1 keeps every byte, so that invalid UTF-8 never looks like something else.
  return readRow(comparison, place, expressions.join(", ")).map((raw) =>
    raw instanceof Buffer ? raw.toString("latin1") : Buffer.from(String(raw)).toString("latin1"),
  );
}

/** The row's key as the ledger, quarantine and messages write it. */
export function readKeyText(comparison: Comparison, place: string): string {
  const { table } = comparison;
  if (table.key.kind === "none") return `${comparison.original.place.by === "rowid" ? "rowid" : "row"}=${place}`;
  const values = readOriginal(comparison, place, table.key.columns.map(quoteName).join(", "));
  return keyText(table.key.columns, values as KeyValue[]);
}

/** Whether a condition, SQL of SQLite, holds for the row. */
export function readCondition(comparison: Comparison, place: string, condition: string): boolean {
  return readOriginal(comparison, place, `(${condition})`)[0] === 1n;
}

/** As the snapshot has it, before ids became others. */
export function readOriginal(comparison: Comparison, place: string, columns: string): Raw[] {
  return readFrom(comparison, comparison.original, place, columns);
}

/** Statements are kept: to prepare one for each row costs more than to run it. */
export function readRow(comparison: Comparison, place: string, columns: string): Raw[] {
  return readFrom(comparison, comparison, place, columns);
}

function readFrom(comparison: Comparison, rows: Comparison["original"], place: string, columns: string): Raw[] {
  const { sql, parameters } = findPlace(rows.place, rows.from, place);
  const text = `SELECT ${columns} ${sql}`;
  let statement = comparison.statements.get(text);
  if (statement === undefined) {
    statement = comparison.source.prepare<Raw[], Raw[]>(text).raw();
    comparison.statements.set(text, statement);
  }
  return statement.get(...parameters) ?? [];
}

export function cellOf(storage: StorageClass, raw: Raw, encoding: Catalog["encoding"]): Cell {
  if (raw instanceof Buffer) {
    const text = storage === "text" ? decode(raw, encoding) : null;
    const repaired = storage === "text" && text === null ? repair(raw, encoding) : null;
    const wide = repaired !== null && encoding !== "UTF-8" ? ({ wide: true } as const) : {};
    return { storage, bytes: text === null ? raw : Buffer.from(text), number: null, text, repaired, ...wide };
  }
  if (typeof raw === "number") return numberCell(storage, raw, decimalText(raw));
  if (typeof raw === "bigint") return numberCell(storage, raw, String(raw));
  return nullCell;
}

export const nullCell: Cell = { storage: "null", bytes: Buffer.alloc(0), number: null, text: null, repaired: null };

export function textCell(text: string): Cell {
  return { storage: "text", bytes: Buffer.from(text), number: null, text, repaired: null };
}

function numberCell(storage: StorageClass, number: number | bigint, digits: string): Cell {
  return { storage, bytes: Buffer.from(digits), number, text: null, repaired: null };
}

/** TextDecoder drops a byte-order mark unless told not to; the mark is part of the value. */
function repair(bytes: Buffer, encoding: Catalog["encoding"]): string {
  const label = encoding === "UTF-8" ? "utf-8" : encoding === "UTF-16be" ? "utf-16be" : "utf-16le";
  return new TextDecoder(label, { ignoreBOM: true }).decode(bytes);
}
