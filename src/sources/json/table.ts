/** One table of the snapshot while its rows come in, in the order of the file. */

import { RowhaulError } from "../../core/messages/errors.ts";
import { quoteName } from "../../core/quote.ts";
import { foldName } from "../../core/schema/names.ts";
import { type JsonRecord, jsonKind } from "../../json/record.ts";
import { rowidColumn, type SnapshotCell, type SnapshotWriter, unusedName } from "../../snapshot/write/writer.ts";
import { cellOf, climb, type JsonColumn, newColumn, rungFor } from "./column.ts";

export type JsonTable = {
  readonly name: string;
  /** Key of its array in the file; null where the file is one table. */
  readonly key: string | null;
  readonly columns: readonly JsonColumn[];
  readonly rows: () => number;
  /** The column that is the rowid; its values ascend through the file. */
  readonly rowid: () => string | null;
  add(record: JsonRecord): void;
};

/** PostgreSQL's limit for a table. */
const maxColumns = 1600;
/** Stands for null as long as missing cells must be distinguished from it. */
const nullMark = Buffer.alloc(0);

/** `keyOf`: the column that would be a key of one column, judged by the fields of the first row. */
export function jsonTable(
  writer: SnapshotWriter,
  name: string,
  key: string | null,
  options: { readonly keepMissing: boolean; keyOf(fields: readonly string[]): string | null },
): JsonTable {
  const columns: JsonColumn[] = [];
  let rows = 0;
  let created = false;
  let rowid: string | null = null;
  let rowidSlot = -1;
  let lastRowid: bigint | null = null;
  let insert: ((row: readonly SnapshotCell[]) => void) | null = null;
  const cells: SnapshotCell[] = [];
  const nullCell = options.keepMissing ? nullMark : null;
  return { name, key, columns, rows: () => rows, rowid: () => rowid, add };

  function add(record: JsonRecord): void {
    if (record.count > 0 && !created) create(record);
    rows++;
    cells.fill(null);
    for (let i = 0; i < record.count; i++) {
      const field = record.keys[i];
      if (field === undefined) continue;
      if (field.slot < 0) field.slot = addColumn(field.name);
      const column = columns[field.slot] as JsonColumn;
      const kind = record.kinds[i] ?? jsonKind.null;
      if (column.lastRow !== rows - 1 && column.firstMissing === 0) column.firstMissing = column.lastRow + 1;
      column.lastRow = rows;
      column.present++;
      if (kind === jsonKind.null) {
        if (column.nulls++ === 0) column.firstNull = rows;
        cells[field.slot] = nullCell;
        continue;
      }
      const value = record.values[i] ?? null;
      const rung = rungFor(column, kind, value);
      if (rung !== column.rung) climbTo(column, rung);
      cells[field.slot] = cellOf(column, kind, value);
    }
    if (created) store();
  }

  /** Rows without any field before this one are stored now that there is a table. */
  function create(record: JsonRecord): void {
    created = true;
    const fields = record.keys.slice(0, record.count);
    const candidate = rows === 0 ? options.keyOf(fields.map((field) => field.name)) : null;
    for (const field of fields) field.slot = nextColumn(field.name);
    const at = fields.findIndex((field) => field.name === candidate);
    const isInteger = at >= 0 && record.kinds[at] === jsonKind.integer;
    const names = columns.map((column) => column.name);
    rowid = rowidColumn(isInteger ? [names[at] ?? ""] : null, () => true);
    rowidSlot = at;
    writer.createTable(name, names, rowid);
    prepare();
    cells.fill(null);
    for (let i = 0; i < rows; i++) insert?.(cells);
  }

  function addColumn(field: string): number {
    const slot = nextColumn(field);
    writer.addColumn(name, columns[slot]?.name ?? "");
    prepare();
    return slot;
  }

  function nextColumn(field: string): number {
    if (columns.length >= maxColumns)
      throw new RowhaulError(
        "SOURCE_JSON",
        `The rows of ${name} have more than ${maxColumns} different fields, and PostgreSQL's tables have no more columns.`,
        { hint: "Move the changing fields into one object, which becomes one column.", place: { table: name } },
      );
    if (field.includes("\0"))
      throw new RowhaulError("SOURCE_JSON", `A field of ${name} has a NUL character in its name.`, {
        hint: "Rename it in the file: no database takes such a name.",
        place: { table: name, column: field },
      });
    return columns.push(newColumn(field, freeName(field, columns))) - 1;
  }

  function prepare(): void {
    insert = writer.inserter(
      name,
      columns.map((column) => column.name),
    );
    while (cells.length < columns.length) cells.push(null);
  }

  function store(): void {
    if (rowid !== null) {
      const value = cells[rowidSlot];
      // As a rowid it would be sorted in; the file's order must stay, and so must a value that is no integer.
      if (typeof value !== "bigint" || (lastRowid !== null && value <= lastRowid)) keepOrder();
      else lastRowid = value;
    }
    insert?.(cells);
  }

  function climbTo(column: JsonColumn, rung: JsonColumn["rung"]): void {
    const quoted = quoteName(column.name);
    if (column.name === rowid && column.rung !== "empty") keepOrder();
    const sql = climb(column.rung, rung, quoted);
    if (sql !== null)
      writer.db
        .prepare(
          `UPDATE ${quoteName(name)} SET ${quoted} = ${sql} WHERE ${quoted} IS NOT NULL AND typeof(${quoted}) <> 'blob'`,
        )
        .run();
    column.rung = rung;
  }

  /** The rows so far, with hidden rowids that count through the file instead of the key. */
  function keepOrder(): void {
    const old = rowid;
    rowid = null;
    if (old === null) return;
    const names = columns.map((column) => column.name);
    const list = names.map(quoteName).join(", ");
    const aside = unusedName(writer.db);
    writer.createTable(aside, names, null);
    writer.db.exec(
      `INSERT INTO ${quoteName(aside)} (${list}) SELECT ${list} FROM ${quoteName(name)} ORDER BY ${quoteName(old)}`,
    );
    writer.db.exec(`DROP TABLE ${quoteName(name)}`);
    writer.db.exec(`ALTER TABLE ${quoteName(aside)} RENAME TO ${quoteName(name)}`);
    prepare();
  }
}

/** SQLite and its catalog tell names apart without regard to case; JSON does not. */
export function freeName(wanted: string, taken: readonly { readonly name: string }[]): string {
  const isTaken = (name: string): boolean => taken.some((other) => foldName(other.name) === foldName(name));
  let name = wanted;
  for (let n = 2; isTaken(name); n++) name = `${wanted}_${n}`;
  return name;
}
