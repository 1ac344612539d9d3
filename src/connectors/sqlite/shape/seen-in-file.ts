/** Questions about all rows of a table that was written: asked of SQLite, once per question. */
import type { Catalog, Column, Table } from "../../../core/catalog.ts";
import type { Seen } from "../../../core/seen.ts";
import { quoteName, type Sqlite } from "../open.ts";
import type { SeenValues } from "./seen-values.ts";

export function seenIn(db: Sqlite, values: SeenValues, source: Catalog): Seen {
  // Another store's expressions are no SQL of SQLite's.
  const isSqlite = source.dialect !== "postgres";
  return {
    column: values.column,
    numbersRows: (table, column) => numbersRows(db, table, column),
    meets: (table, expression) =>
      isSqlite
        ? asked(db, table, null, `NOT EXISTS (SELECT 1 FROM temp.${quoteName(table.name)} WHERE NOT (${expression}\n))`)
        : null,
    computes: (table, column, expression) => (isSqlite ? computes(db, table, column, expression) : null),
  };
}

function numbersRows(db: Sqlite, table: string, column: string): boolean {
  const [t, c] = [quoteName(table), quoteName(column)];
  if (db.prepare(`SELECT 1 FROM ${t} WHERE typeof(${c}) <> 'integer' LIMIT 1`).get() !== undefined) return false;
  return db.prepare(`SELECT 1 FROM ${t} GROUP BY ${c} HAVING count(*) > 1 LIMIT 1`).get() === undefined;
}

const made = "rowhaul made";

function computes(db: Sqlite, table: Table, column: Column, expression: string): boolean | null {
  const [a, b] = [quoteName(made), quoteName(column.name)];
  const same = `typeof(${a}) = typeof(${b}) AND ${a} IS ${b} COLLATE BINARY`;
  const line = `${a} ${column.affinity} GENERATED ALWAYS AS (${expression}\n) VIRTUAL`;
  return asked(db, table, line, `NOT EXISTS (SELECT 1 FROM temp.${quoteName(table.name)} WHERE NOT (${same}))`);
}

/**
 * Asked of a copy whose columns compare and convert as they are declared, under the table's own name, which an
 * expression may mention. Null where SQLite cannot say, as with a function of the application's own.
 */
function asked(db: Sqlite, table: Table, extra: string | null, question: string): boolean | null {
  const name = quoteName(table.name);
  const columns = table.columns.filter(({ hiddenRowid }) => hiddenRowid !== true);
  const names = columns.map((column) => quoteName(column.name));
  if (table.rowidName !== null && columns.every(({ isRowid }) => !isRowid)) names.push(table.rowidName);
  const lines = [...columns.map(columnLine), ...(extra === null ? [] : [extra])];
  try {
    db.exec(`CREATE TEMP TABLE ${name} (${lines.join(", ")})`);
    db.exec(`INSERT INTO temp.${name} (${names.join(", ")}) SELECT ${names.join(", ")} FROM main.${name}`);
    return db.prepare(`SELECT ${question}`).pluck().get() === 1n;
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code !== "SQLITE_ERROR") throw thrown;
    return null;
  } finally {
    db.exec(`DROP TABLE IF EXISTS temp.${name}`);
  }
}

function columnLine({ name, affinity, collation, isRowid }: Column): string {
  if (isRowid) return `${quoteName(name)} INTEGER PRIMARY KEY`;
  const known = /^(NOCASE|RTRIM)$/i.test(collation) ? ` COLLATE ${collation}` : "";
  return `${quoteName(name)} ${affinity}${known}`;
}
