/** The rows that one source row became, gathered until all its steps are through, then written to their tables. */

import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import type { Shape, Value } from "../../core/plan/transform.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import { foldName } from "../../core/schema/names.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import type { OutputTable } from "./output-tables.ts";
import { type BoundRow, type RowWriter, rowWriter } from "./write-values.ts";

export type OutputWriter = {
  /** Throws TRANSFORM_FAILED when the row cannot stand in its table. */
  take(shape: Shape, row: readonly Value[]): void;
  /** Writes what was taken. `rowid`: of the source row. Throws TRANSFORM_FAILED when a key is there already. */
  write(rowid: bigint | null): void;
  /** Drops what was taken. */
  drop(): void;
  /** Rows written so far, by table. */
  written(): { readonly table: string; readonly rows: number }[];
};

type Port = {
  readonly table: OutputTable;
  readonly writer: RowWriter;
  readonly keepsRowids: boolean;
  rows: number;
};

/** `lastRowid`: the largest of the source table, from which rows count on that have none of their own. */
export function outputWriter(
  db: Sqlite,
  chain: number,
  outputs: ReadonlyMap<string, OutputTable>,
  lastRowid: bigint | null,
  encoding: Catalog["encoding"],
): OutputWriter {
  const ports = new Map<Shape, Port>();
  const taken: { readonly port: Port; readonly row: BoundRow }[] = [];
  let next = lastRowid === null ? null : lastRowid + 1n;
  const portOf = (shape: Shape): Port => {
    const known = ports.get(shape);
    if (known !== undefined) return known;
    const table = outputs.get(foldName(shape.table));
    if (table === undefined) throw new Error(`No table ${shape.table} was made`);
    const port = openPort(db, table, shape, table.main === chain && lastRowid !== null, encoding);
    ports.set(shape, port);
    return port;
  };
  return {
    take(shape, row) {
      const port = portOf(shape);
      taken.push({ port, row: port.writer.bind(row) });
    },
    write(rowid) {
      let kept = rowid;
      for (const { port, row } of taken) {
        let own: bigint | null = null;
        if (port.keepsRowids) {
          own = kept ?? next;
          if (kept === null && next !== null) next = next === maxRowid ? null : next + 1n;
          kept = null;
        }
        insert(port, row, own);
        port.rows += 1;
      }
      taken.length = 0;
    },
    drop() {
      taken.length = 0;
    },
    written() {
      const books = new Map<string, number>();
      for (const table of outputs.values()) if (table.writers.has(chain)) books.set(table.name, 0);
      for (const { table, rows } of ports.values()) books.set(table.name, (books.get(table.name) ?? 0) + rows);
      return [...books].map(([table, rows]) => ({ table, rows }));
    },
  };
}

const maxRowid = 2n ** 63n - 1n;

function openPort(db: Sqlite, table: OutputTable, shape: Shape, own: boolean, encoding: Catalog["encoding"]): Port {
  const columns = shape.columns.map(
    ({ name }) => table.columns.find((one) => foldName(one) === foldName(name)) ?? name,
  );
  const alias = table.alias === null ? -1 : columns.indexOf(table.alias);
  const keepsRowids = own && table.alias === null && table.rowidName !== null;
  const request = {
    table: table.name,
    columns,
    rowidName: keepsRowids ? table.rowidName : null,
    alias: alias < 0 ? null : alias,
  };
  return { table, writer: rowWriter(db, request, encoding), keepsRowids, rows: 0 };
}

function insert({ table, writer }: Port, row: BoundRow, rowid: bigint | null): void {
  try {
    writer.write(row, rowid);
  } catch (thrown) {
    if (!String((thrown as { code?: string }).code).startsWith("SQLITE_CONSTRAINT")) throw thrown;
    throw new RowhaulError(
      "TRANSFORM_FAILED",
      table.alias === null
        ? `The row cannot stand in ${table.name}: ${messageOf(thrown)}.`
        : `After the steps two rows of ${table.name} have the same ${table.alias}.`,
      {
        place: table.alias === null ? {} : { column: table.alias },
        hint: "Keep the key unique: leave its column as it is, or make a new one with another name.",
        cause: thrown,
      },
    );
  }
}
