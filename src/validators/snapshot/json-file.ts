/**
 * Did every value of a JSON file reach the snapshot? The file is read once more
 * by a path that shares nothing with the first: brackets are counted to find the
 * rows, V8 parses them, and row by row, in the order of the file, every cell is
 * compared with the one that SQLite gives back.
 */

import Database from "better-sqlite3";
import { type Finding, maxFindings, type ValidatorResult } from "../../core/finding.ts";
import { RowhaulError } from "../../core/messages/errors.ts";
import { shorten } from "../../core/values/render-cell.ts";
import type { CellForm, StoredColumn, StoredRows, StoredTable } from "../../json/stored-rows.ts";
import { quoteName } from "../quote.ts";
import { holds, type StoredCell } from "./expected-cell.ts";
import { readText } from "./file-text.ts";
import { flatRowHolds } from "./flat-row.ts";
import { members, parseQuoted, type Quoted } from "./quoted-numbers.ts";
import { splitRecords } from "./split-records.ts";

/** Throws SOURCE_CHANGED when the file is no longer the one that was read. */
export async function proveJsonSnapshot(stored: StoredRows, signal: AbortSignal): Promise<ValidatorResult> {
  const started = performance.now();
  const db = new Database(stored.snapshot, { readonly: true, fileMustExist: true });
  const seen = { rows: 0, cells: 0, differences: 0, findings: [] as Finding[] };
  const differ = (
    table: string,
    row: number | null,
    column: string | null,
    source: string | null,
    target: string | null,
    message: string,
  ): void => {
    seen.differences++;
    if (seen.findings.length >= maxFindings) return;
    const key = row === null ? null : `row ${row} of the file`;
    seen.findings.push({ validator: "snapshot", level: "difference", table, key, column, source, target, message });
  };
  const readers = stored.tables.map((table) => tableReader(db, table));
  try {
    let current = readers.find((one) => one.table.key === null);
    const splitter = splitRecords(
      stored.format === "lines" ? 0 : stored.format === "array" ? 1 : 2,
      (name) => {
        current = readers.find((one) => one.table.key === name);
      },
      (text) => {
        seen.rows++;
        if (current === undefined)
          return differ("", null, null, shorten(text), null, "A row of no table in the snapshot.");
        current.count++;
        const cells = current.next();
        const { table, count } = current;
        if (cells === null)
          return differ(table.name, count, null, shorten(text), null, "The row is missing in the snapshot.");
        if (table.missing === null && flatRowHolds(text, current.keys, current.forms, cells)) {
          seen.cells += table.columns.length;
          return;
        }
        const fields = fieldsOf(text, stored.duplicates);
        for (const [i, column] of table.columns.entries()) {
          seen.cells++;
          const value = fields.get(column.key);
          fields.delete(column.key);
          const cell = cells[i] ?? null;
          if (!holds(column.form, value ?? null, cell))
            differ(
              table.name,
              count,
              column.name,
              value === undefined ? null : shown(value),
              shownCell(cell),
              "The cell is not the value in the file.",
            );
          if (value === undefined && column.tracked) current.missing.push(column.key);
        }
        for (const [key, value] of fields)
          differ(table.name, count, key, shown(value), null, "The field has no column in the snapshot.");
        if (table.missing !== null) {
          const list = cells[table.columns.length] ?? null;
          if (!sameNames(current.missing, list))
            differ(
              table.name,
              count,
              table.missing,
              current.missing.join(", "),
              shownCell(list),
              "Other fields are missing in the file.",
            );
          current.missing = [];
        }
      },
    );
    const sha256 = await readText(stored.path, stored.gzip, (text) => splitter.push(text), signal);
    if (sha256 !== stored.sha256) throw new RowhaulError("SOURCE_CHANGED", `${stored.path} changed while it was read.`);
    if (!splitter.end()) differ("", null, null, null, null, "The file ends within a row.");
    for (const reader of readers)
      if (reader.next() !== null)
        differ(
          reader.table.name,
          null,
          null,
          `${reader.count} rows`,
          null,
          "The snapshot has more rows than the file.",
        );
  } finally {
    for (const reader of readers) reader.stop();
    db.close();
  }
  const passed = seen.differences === 0;
  return {
    validator: "snapshot",
    passed,
    checked: { rows: seen.rows, cells: seen.cells },
    findings: seen.findings,
    differences: seen.differences,
    summary: passed
      ? `The file, read a second time by another parser, equals the snapshot in all ${seen.cells} cells of ${seen.rows} rows.`
      : `The snapshot differs from the file in ${seen.differences} places.`,
    seconds: (performance.now() - started) / 1000,
  };
}

type TableReader = {
  readonly table: StoredTable;
  readonly keys: readonly string[];
  readonly forms: readonly CellForm[];
  /** The next row's cells, the column of missing names last; null after the last. */
  next(): readonly StoredCell[] | null;
  stop(): void;
  count: number;
  missing: string[];
};

function tableReader(db: Database.Database, table: StoredTable): TableReader {
  const names = [
    ...table.columns.map((column: StoredColumn) => column.name),
    ...(table.missing === null ? [] : [table.missing]),
  ];
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const rowid = ["rowid", "_rowid_", "oid"].find((name) => !taken.has(name));
  const order = rowid === undefined ? "" : ` ORDER BY ${rowid}`;
  const select = `SELECT ${names.map(quoteName).join(", ")} FROM ${quoteName(table.name)}${order}`;
  const rows = db.prepare(select).raw(true).safeIntegers(true).iterate() as IterableIterator<StoredCell[]>;
  return {
    table,
    keys: table.columns.map((column) => column.key),
    forms: table.columns.map((column) => column.form),
    next() {
      const { done, value } = rows.next();
      return done === true ? null : (value as StoredCell[]);
    },
    stop: () => void rows.return?.(),
    count: 0,
    missing: [],
  };
}

function fieldsOf(text: string, duplicates: "first" | "last"): Map<string, Quoted> {
  const fields = new Map<string, Quoted>();
  for (const [key, value] of members(parseQuoted(text)))
    if (duplicates === "last" || !fields.has(key)) fields.set(key, value);
  return fields;
}

function sameNames(missing: readonly string[], cell: StoredCell): boolean {
  if (missing.length === 0) return cell === null;
  const plain = (name: string): boolean => name !== "" && !/[{}",\\\s]/.test(name) && !/^null$/i.test(name);
  const elements = missing.map((name) => (plain(name) ? name : `"${name.replace(/(["\\])/g, "\\$1")}"`));
  return cell === `{${elements.join(",")}}`;
}

function shown(value: Quoted): string {
  if (typeof value === "string") return shorten(value.slice(1));
  return shorten(JSON.stringify(value));
}

function shownCell(cell: StoredCell): string {
  return cell === null ? "NULL" : shorten(typeof cell === "string" ? cell : String(cell));
}
