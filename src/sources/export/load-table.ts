/** One file of an export into a table of the snapshot; its rows, bytes and SHA-256 must be those of the manifest. */

import { join } from "node:path";
import { RowhaulError } from "../../core/messages/errors.ts";
import { quoteName } from "../../core/quote.ts";
import type { BrokenText, ColumnStyle, ExportCell } from "../../exports/cell.ts";
import type { ExportedTable } from "../../exports/manifest.ts";
import { readLines } from "../../exports/read-lines.ts";
import { rowReader } from "../../exports/read-row.ts";
import type { SnapshotCell, SnapshotWriter } from "../../snapshot/write/writer.ts";

export type Load = {
  readonly folder: string;
  readonly entry: ExportedTable;
  readonly styles: readonly ColumnStyle[];
  /** The column that takes the hidden rowid. */
  readonly rowid: string | null;
  progress(bytes: number): void;
  readonly signal: AbortSignal;
};

export async function loadTable(writer: SnapshotWriter, { folder, entry, ...load }: Load): Promise<void> {
  const path = join(folder, entry.file);
  let at = 0;
  let bytes = 0;
  const refuse = (message: string): RowhaulError =>
    new RowhaulError("EXPORT_INVALID", `${path}, line ${at}: ${message}.`, { place: { table: entry.table } });
  const columns = entry.columns.map(({ name }, i) => ({ name, style: load.styles[i] ?? "plain" }));
  const members = entry.rowid === null ? [] : [{ name: entry.rowid, style: "plain" as const }];
  const read = rowReader([...members, ...columns], refuse);
  const names = columns.map(({ name }) => name);
  if (entry.rowid !== null && load.rowid === null) throw refuse(`${entry.table} cannot have rowids of its own`);
  const insert = inserter(writer, entry.table, entry.rowid === null ? names : [load.rowid ?? "rowid", ...names]);
  const found = await readLines(path, entry.bytes, load.signal, (line, number) => {
    at = number;
    bytes += line.length + 1;
    try {
      insert(read(line));
    } catch (thrown) {
      throw constraintError(thrown, refuse);
    }
    if (number % progressRows === 0) load.progress(bytes);
  });
  load.progress(found.bytes);
  if (found.sha256 !== entry.sha256)
    throw new RowhaulError("EXPORT_INVALID", `${path} was changed since it was written: its SHA-256 is another.`);
  if (found.lines !== entry.rows)
    throw new RowhaulError("EXPORT_INVALID", `${path} holds ${found.lines} rows, the manifest says ${entry.rows}.`);
}

const progressRows = 2000;

/** Texts that are not valid can only come in as bytes. */
function inserter(writer: SnapshotWriter, table: string, columns: readonly string[]): (row: ExportCell[]) => void {
  const plain = writer.inserter(table, columns);
  const statements = new Map<string, (cells: readonly SnapshotCell[]) => void>();
  return (row) => {
    const mask = row.map((cell) => (isBroken(cell) ? "CAST(? AS TEXT)" : "?")).join(", ");
    const cells = row.map((cell) => (isBroken(cell) ? cell.broken : cell));
    if (!mask.includes("C")) {
      plain(cells);
      return;
    }
    let insert = statements.get(mask);
    if (insert === undefined) {
      const list = columns.map(quoteName).join(", ");
      const statement = writer.db.prepare(`INSERT INTO ${quoteName(table)} (${list}) VALUES (${mask})`);
      insert = (values) => {
        statement.run(values);
      };
      statements.set(mask, insert);
    }
    insert(cells);
  };
}

function isBroken(cell: ExportCell): cell is BrokenText {
  return cell !== null && typeof cell === "object" && "broken" in cell;
}

/** Only a key can refuse a row: the snapshot's columns have no other constraint. */
function constraintError(thrown: unknown, refuse: (message: string) => Error): unknown {
  const code = String((thrown as { code?: unknown } | null)?.code ?? "");
  return code.startsWith("SQLITE_CONSTRAINT") || code === "SQLITE_MISMATCH"
    ? refuse("the row's key is there already, or is none")
    : thrown;
}
