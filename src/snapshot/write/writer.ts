/**
 * The snapshot of a source that is no SQLite file: its rows in a SQLite file of
 * our own, class by class as they came, with the catalog in a file beside it. From here
 * on every source is read the same way. Columns have no type, so that SQLite
 * converts nothing; only a lone INTEGER key is declared, because it is the rowid.
 */

import { closeSync, openSync, rmSync, statSync } from "node:fs";
import Database from "better-sqlite3";
import { quoteName } from "../../core/quote.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import { onDisk } from "../../system/disk-error.ts";
import { putInPlace } from "../../system/durable-file.ts";
import { keepCatalog } from "../catalog/kept-catalog.ts";

/** INTEGER is a bigint (or a number within 32 bits given as bigint), REAL a number, TEXT a string, BLOB a Buffer. */
export type SnapshotCell = null | bigint | number | string | Buffer;

export type SnapshotWriter = {
  /** For what this interface has no method for, such as retyping a column while rows come in. */
  readonly db: Database.Database;
  /** `rowid`: the column that is the table's INTEGER PRIMARY KEY, holding integers alone; null when there is none. */
  createTable(name: string, columns: readonly string[], rowid: string | null): void;
  addColumn(table: string, column: string): void;
  /** One function a table and set of columns; call it a row. */
  inserter(table: string, columns: readonly string[]): (row: readonly SnapshotCell[]) => void;
  /** Makes the file durable under its name, the catalog beside it, and returns what a SnapshotInfo needs. */
  finish(catalog: Catalog): Promise<{ readonly path: string; readonly sha256: string; readonly bytes: number }>;
  /** Removes what was written; safe after `finish`, which it leaves alone. */
  abandon(): void;
};

/** Writes to `<destination>.part` (0600) in one transaction. Throws LOCAL_DISK. */
export function writeSnapshot(destination: string): SnapshotWriter {
  const temporary = `${destination}.part`;
  const what = `the snapshot ${destination}`;
  remove(temporary);
  const db = onDisk(what, () => {
    closeSync(openSync(temporary, "wx", 0o600));
    const opened = new Database(temporary);
    // The file is thrown away whole if anything goes wrong: a journal would only cost time.
    opened.pragma("journal_mode = OFF");
    opened.pragma("synchronous = OFF");
    opened.pragma("cache_size = -16384");
    opened.exec("BEGIN");
    return opened;
  });
  let finished = false;
  return {
    db,
    createTable(name, columns, rowid) {
      const lines = columns.map((column) => `${quoteName(column)}${column === rowid ? " INTEGER PRIMARY KEY" : ""}`);
      onDisk(what, () => db.exec(`CREATE TABLE ${quoteName(name)} (${lines.join(", ")})`));
    },
    addColumn(table, column) {
      onDisk(what, () => db.exec(`ALTER TABLE ${quoteName(table)} ADD COLUMN ${quoteName(column)}`));
    },
    inserter(table, columns) {
      const places = columns.map(() => "?").join(", ");
      const statement = db.prepare(
        `INSERT INTO ${quoteName(table)} (${columns.map(quoteName).join(", ")}) VALUES (${places})`,
      );
      return (row) => {
        onDisk(what, () => statement.run(row));
      };
    },
    async finish(catalog) {
      onDisk(what, () => {
        for (const sql of parentIndexes(catalog)) db.exec(`CREATE INDEX ${quoteName(unusedName(db))} ON ${sql}`);
        db.exec("COMMIT");
        db.close();
        putInPlace(temporary, destination);
      });
      finished = true;
      return { path: destination, sha256: await keepCatalog(destination, catalog), bytes: statSync(destination).size };
    },
    abandon() {
      if (finished) return;
      if (db.open) db.close();
      remove(temporary);
    },
  };
}

/** Column that a lone integer key makes the rowid; null when the key is another. `integers`: columns that hold integers alone, none of them NULL. */
export function rowidColumn(key: readonly string[] | null, integers: (column: string) => boolean): string | null {
  const [only] = key ?? [];
  return key?.length === 1 && only !== undefined && integers(only) ? only : null;
}

/** The name under which the hidden rowid of a table with these columns can be selected. */
export function rowidName(columns: readonly string[]): "rowid" | "_rowid_" | "oid" | null {
  const taken = (name: string): boolean => columns.some((column) => sameName(column, name));
  return (["rowid", "_rowid_", "oid"] as const).find((name) => !taken(name)) ?? null;
}

/** Columns that foreign keys point to: without an index, looking for orphans takes the product of both tables. */
function parentIndexes({ tables }: Catalog): string[] {
  const wanted = tables.flatMap(({ foreignKeys }) =>
    foreignKeys.flatMap(({ parent, parentColumns }) => {
      const table = tables.find(({ name }) => sameName(name, parent));
      const columns = parentColumns.map((name) => table?.columns.find((column) => sameName(column.name, name)));
      if (table === undefined || columns.length === 0 || columns.some((column) => column === undefined)) return [];
      if (columns.length === 1 && columns[0]?.isRowid === true) return [];
      return [`${quoteName(table.name)} (${columns.map((column) => quoteName(column?.name ?? "")).join(", ")})`];
    }),
  );
  return [...new Set(wanted)];
}

/** A name that nothing in the file has, for a table or an index. */
export function unusedName(db: Database.Database): string {
  const taken = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ? COLLATE NOCASE");
  let n = 1;
  while (taken.get(`rowhaul ${n}`) !== undefined) n++;
  return `rowhaul ${n}`;
}

function remove(temporary: string): void {
  for (const suffix of ["", "-journal"]) rmSync(`${temporary}${suffix}`, { force: true });
}
