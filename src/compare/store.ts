/**
 * Reading a side: every cell with its class, and texts that are not valid in
 * their encoding byte by byte. The driver silently turns those into U+FFFD,
 * so a text that holds one is fetched again as bytes.
 */

import Database from "better-sqlite3";
import { messageOf, RowhaulError } from "../core/messages/errors.ts";
import type { Value } from "../core/plan/transform.ts";
import { quoteName } from "../core/quote.ts";
import type { Table } from "../core/schema/catalog.ts";
import type { Opened } from "./comparison.ts";

export type Store = {
  /** The rows in rowid order (key order of tables WITHOUT ROWID). Ends its statement when the loop over it does. */
  rows(table: Table, columns: readonly string[]): IterableIterator<Value[]>;
  /** The first row of a query about one table; `t` is the table, `$c` stands for the column. */
  ask(table: Table, column: string, select: string): readonly unknown[] | undefined;
  close(): void;
};

/** Throws SOURCE_UNREADABLE. */
export function openStore(opened: Opened): Store {
  const { path, catalog } = opened;
  const db = guarded(opened, () => {
    const file = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
    file.defaultSafeIntegers(true);
    // All tables, and both passes over one, as of one moment.
    file.exec("BEGIN");
    return file;
  });
  return {
    rows: (table, columns) =>
      guardedRows(
        opened,
        catalog.encoding === "UTF-8" && table.rowidName !== null
          ? rowsByRowid(db, table, table.rowidName, columns)
          : rowsWithBytes(db, table, columns, catalog.encoding),
      ),
    ask: (table, column, select) =>
      guarded(opened, () => {
        const query = select.replaceAll("$c", `t.${quoteName(column)}`);
        return db
          .prepare(query.replace("$t", `${relation(table)} AS t`))
          .raw(true)
          .get() as readonly unknown[] | undefined;
      }),
    close: () => {
      db.close();
    },
  };
}

function* rowsByRowid(
  db: Database.Database,
  table: Table,
  rowid: string,
  columns: readonly string[],
): IterableIterator<Value[]> {
  const names = columns.map((column) => `t.${quoteName(column)}`);
  const from = `FROM ${relation(table)} AS t`;
  const statement = db.prepare(`SELECT ${[...names, `t.${rowid}`].join(", ")} ${from} NOT INDEXED ORDER BY t.${rowid}`);
  const bytes = names.map((name) => `CAST(${name} AS BLOB)`);
  let again: Database.Statement | null = null;
  for (const row of statement.raw(true).iterate() as IterableIterator<Value[]>) {
    const id = row.pop();
    for (let i = 0; i < row.length; i += 1) {
      const cell = row[i];
      if (typeof cell !== "string" || !cell.includes("\ufffd")) continue;
      again ??= db.prepare(`SELECT ${bytes.join(", ")} ${from} WHERE t.${rowid} = ?`).raw(true);
      row[i] = textOf((again.get(id) as Buffer[])[i] as Buffer, "UTF-8");
    }
    yield row;
  }
}

/** Where no rowid finds the row again, and in UTF-16, where SQLite itself would make another character of half of one. */
function* rowsWithBytes(
  db: Database.Database,
  table: Table,
  columns: readonly string[],
  encoding: Opened["catalog"]["encoding"],
): IterableIterator<Value[]> {
  const slots = columns.flatMap((column) => {
    const name = `t.${quoteName(column)}`;
    return [name, `CASE typeof(${name}) WHEN 'text' THEN CAST(${name} AS BLOB) END`];
  });
  const order = table.rowidName === null ? "" : ` ORDER BY t.${table.rowidName}`;
  const statement = db.prepare(
    `SELECT ${slots.length === 0 ? "NULL" : slots.join(", ")} FROM ${relation(table)} AS t NOT INDEXED${order}`,
  );
  for (const row of statement.raw(true).iterate() as IterableIterator<Value[]>) {
    yield columns.map((_, i) => {
      const cell = row[2 * i] ?? null;
      if (typeof cell !== "string" || (encoding === "UTF-8" && !cell.includes("\ufffd"))) return cell;
      return textOf(row[2 * i + 1] as Buffer, encoding);
    });
  }
}

function textOf(bytes: Buffer, encoding: Opened["catalog"]["encoding"]): Value {
  const raw = { rawText: bytes };
  if (encoding === "UTF-8") {
    const text = bytes.toString("utf8");
    return bytes.equals(Buffer.from(text, "utf8")) ? text : raw;
  }
  if (bytes.length % 2 !== 0) return raw;
  const text = (encoding === "UTF-16be" ? Buffer.from(bytes).swap16() : bytes).toString("utf16le");
  return text.isWellFormed() ? text : raw;
}

function relation(table: Table): string {
  return quoteName(table.relation ?? table.name);
}

function* guardedRows(opened: Opened, rows: IterableIterator<Value[]>): IterableIterator<Value[]> {
  try {
    yield* rows;
  } catch (thrown) {
    throw unreadable(opened, thrown);
  }
}

function guarded<T>(opened: Opened, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw unreadable(opened, thrown);
  }
}

function unreadable(opened: Opened, thrown: unknown): unknown {
  const code = (thrown as { code?: string }).code ?? "";
  // The driver's own check of the folder is a TypeError.
  if (!code.startsWith("SQLITE_") && !messageOf(thrown).startsWith("Cannot open database")) return thrown;
  return new RowhaulError("SOURCE_UNREADABLE", `${opened.shown} cannot be read: ${messageOf(thrown)}.`, {
    cause: thrown,
  });
}
