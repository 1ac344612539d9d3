/**
 * What is read for one file of an export: which relation, which columns, in which
 * order, and whether its hidden rowids have to be written down.
 */

import type Database from "better-sqlite3";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import { quoteName } from "../core/quote.ts";
import type { Table } from "../core/schema/catalog.ts";
import { rowidName } from "../snapshot/write/writer.ts";
import { type ColumnStyle, styleOf } from "./cell.ts";

export type Reading = {
  readonly table: string;
  /** The virtual table it belongs to. */
  readonly of?: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly style: ColumnStyle }[];
  /** SQL of the hidden rowid where it must travel, and the member of a line that gives it. */
  readonly rowid: { readonly sql: string; readonly member: string } | null;
  /** ORDER BY, so that the same data gives the same bytes; null where the file's own order is the only one. */
  readonly order: string | null;
  readonly where: string | null;
  readonly rows: number;
};

export function tableReading(db: Database.Database, table: Table, where: string | null): Reading {
  const columns = table.columns.filter((column) => column.hiddenRowid !== true);
  const key = (table.primaryKey ?? []).map((name) => `${quoteName(name)} COLLATE BINARY`);
  const hidden = table.columns.some((column) => column.isRowid) || table.withoutRowid ? null : table.rowidName;
  const order = table.withoutRowid ? key.join(", ") : table.rowidName;
  return reading(db, {
    table: table.name,
    columns: columns.map((column) => ({
      name: column.name,
      type: typeInWords(column.pgType ?? column.declaredType),
      style: styleOf(column),
    })),
    hidden,
    order: order === "" ? null : order,
    where,
  });
}

/** The texts that a full-text table keeps itself, read through it. */
export function contentReading(
  db: Database.Database,
  name: string,
  columns: readonly string[],
  where: string | null,
): Reading {
  return {
    ...reading(db, { table: name, columns: columns.map(plainColumn), hidden: "rowid", order: "rowid", where }),
    of: name,
  };
}

/** A table of a virtual table's index, as it is. */
export function shadowReading(db: Database.Database, name: string, of: string): Reading {
  type Listed = { readonly name: string; readonly type: string; readonly pk: bigint };
  const columns = db.prepare("SELECT name, type, pk FROM pragma_table_xinfo(?)").all(name) as Listed[];
  const wr = db.prepare("SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?").pluck().get(name);
  const key = columns.filter((column) => column.pk > 0n).sort((a, b) => Number(a.pk - b.pk));
  const withoutRowid = wr === 1n;
  const alias = !withoutRowid && key.length === 1 && key[0]?.type.toUpperCase() === "INTEGER";
  const rowid = withoutRowid ? null : rowidName(columns.map((column) => column.name));
  const order = withoutRowid ? key.map((column) => quoteName(column.name)).join(", ") : rowid;
  const asked = { table: name, columns: columns.map(({ name }) => plainColumn(name)), hidden: alias ? null : rowid };
  return { ...reading(db, { ...asked, order, where: null }), of };
}

/** FROM and WHERE of a reading. The user's condition may end in a comment. */
export function fromSql({ table, where }: Pick<Reading, "table" | "where">): string {
  return `FROM ${quoteName(table)}${where === null ? "" : ` WHERE (${where}\n)`}`;
}

type Asked = Pick<Reading, "table" | "columns" | "order" | "where"> & { readonly hidden: string | null };

function reading(db: Database.Database, { hidden, ...asked }: Asked): Reading {
  const { rows, numbered } = counted(db, asked, hidden);
  const taken = (name: string): boolean => asked.columns.some((column) => column.name === name);
  let member = "$rowid";
  while (taken(member)) member = `$${member}`;
  return { ...asked, rows, rowid: hidden === null || numbered ? null : { sql: hidden, member } };
}

/** `numbered`: the rowids are 1, 2, 3 … without a gap, as they will be again when the rows are inserted in order. */
function counted(
  db: Database.Database,
  asked: Pick<Reading, "table" | "where">,
  hidden: string | null,
): { rows: number; numbered: boolean } {
  const bounds = hidden === null ? "NULL AS low, NULL AS high" : `min(${hidden}) AS low, max(${hidden}) AS high`;
  try {
    const found = db.prepare(`SELECT count(*) AS rows, ${bounds} ${fromSql(asked)}`).get() as Counted;
    const numbered = found.rows === 0n || (found.low === 1n && found.high === found.rows);
    return { rows: Number(found.rows), numbered };
  } catch (thrown) {
    if (asked.where === null) throw thrown;
    throw new RowhaulError("PLAN_INVALID", `The selection of ${asked.table} is not understood: ${messageOf(thrown)}.`, {
      place: { table: asked.table, sample: asked.where },
      hint: "A selection is SQL of SQLite, over the columns of the table.",
      cause: thrown,
    });
  }
}

type Counted = { readonly rows: bigint; readonly low: bigint | null; readonly high: bigint | null };

function plainColumn(name: string): Reading["columns"][number] {
  return { name, type: "any", style: "plain" };
}

function typeInWords(type: string): string {
  return type === "" ? "any" : type;
}
