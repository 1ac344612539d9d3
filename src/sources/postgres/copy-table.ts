/** One table's rows from COPY binary into the snapshot file. */
import { isUtf8 } from "node:buffer";
import { to as copyTo } from "pg-copy-streams";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { SnapshotCell, SnapshotWriter } from "../../snapshot/write/writer.ts";
import { binaryRows, type Field } from "./binary-rows.ts";
import type { ReadTable } from "./catalog.ts";
import type { Form } from "./columns.ts";
import { type Conditions, selectCells } from "./row-source.ts";
import type { Session } from "./session.ts";

export type CopyHooks = { progress(rows: number): void; readonly signal: AbortSignal };

/** Returns the number of rows. `checked`: whether texts must be validated, because the server's need not be valid UTF-8. */
export async function copyTable(
  session: Session,
  schema: string,
  read: ReadTable,
  conditions: Conditions,
  writer: SnapshotWriter,
  checked: boolean,
  hooks: CopyHooks,
): Promise<number> {
  const { table, forms } = read;
  const names = table.columns.map((column) => column.name);
  writer.createTable(table.name, names, table.columns.find((column) => column.isRowid)?.name ?? null);
  const insert = writer.inserter(table.name, names);
  const cells = forms.map(({ form }, i) => {
    const cell = cellOf[form];
    return checked && (form === "text" || form === "written") ? validated(table.name, names[i] ?? "", cell) : cell;
  });
  const row: SnapshotCell[] = new Array<SnapshotCell>(cells.length).fill(null);
  let rows = 0;
  const reader = binaryRows((fields) => {
    for (let i = 0; i < cells.length; i++) {
      const field = fields[i] ?? null;
      row[i] = field === null ? null : (cells[i] as ReadCell)(field);
    }
    insert(row);
    rows++;
  });
  const stream = session.query(copyTo(`COPY (${selectCells(schema, read, conditions)}) TO STDOUT (FORMAT binary)`));
  let reported = 0;
  for await (const chunk of stream) {
    hooks.signal.throwIfAborted();
    reader.push(chunk as Buffer);
    if (rows - reported < rowsBetweenReports) continue;
    hooks.progress(rows - reported);
    reported = rows;
  }
  reader.end();
  hooks.progress(rows - reported);
  return rows;
}

const rowsBetweenReports = 1000;

type ReadCell = (field: NonNullable<Field>) => SnapshotCell;

const cellOf: Readonly<Record<Form, ReadCell>> = {
  integer: (field) => field.readBigInt64BE(0),
  boolean: (field) => (field[0] === 1 ? 1n : 0n),
  // SQLite copies the bytes while the statement runs.
  bytes: (field) => field,
  text: (field) => field.toString("utf8"),
  written: (field) => field.toString("utf8"),
};

function validated(table: string, column: string, cell: ReadCell): ReadCell {
  return (field) => {
    if (!isUtf8(field))
      throw new RowhaulError(
        "SOURCE_UNSUPPORTED",
        "A text is not valid UTF-8, and the database's encoding is SQL_ASCII.",
        {
          place: { table, column, sample: field.subarray(0, 40).toString("hex") },
          hint: "Correct the text, or move the rows into a database whose encoding is known.",
        },
      );
    return cell(field);
  };
}
