/** Questions about all rows of a table that was written: asked of SQLite, once per question. */

import { cleaningUpNow } from "../../core/messages/clean-up.ts";
import type { Seen } from "../../core/plan/seen.ts";
import { quoteName } from "../../core/quote.ts";
import type { Catalog, Column, Table } from "../../core/schema/catalog.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import type { SeenValues } from "./seen-values.ts";

export function seenIn(db: Sqlite, values: SeenValues, source: Catalog): Seen {
  // Another store's expressions are no SQL of SQLite's.
  const isSqlite = source.dialect !== "postgres";
  return {
    column: values.column,
    numbersRows: (table, column) => numbersRows(db, table, column),
    meets: (table, expression) => (isSqlite ? meets(db, table, expression) : null),
    computes: (table, column, expression) => (isSqlite ? computes(db, table, column, expression) : null),
    computeAnew: (table, column, expression) => isSqlite && computeAnew(db, table, column, expression),
  };
}

function meets(db: Sqlite, table: Table, expression: string): boolean | null {
  const refused = `SELECT 1 FROM temp.${quoteName(table.name)} WHERE NOT (${expression}\n) LIMIT 1`;
  return inCopy(db, table, null, () => db.prepare(refused).get() === undefined);
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
  const other = `SELECT 1 FROM temp.${quoteName(table.name)} WHERE NOT (${same}) LIMIT 1`;
  return inCopy(db, table, madeLine(column, expression), () => db.prepare(other).get() === undefined);
}

function computeAnew(db: Sqlite, table: Table, column: Column, expression: string): boolean {
  const { rowidName } = table;
  if (rowidName === null) return false;
  const name = quoteName(table.name);
  const value = `(SELECT own.${quoteName(made)} FROM temp.${name} AS own WHERE own.${rowidName} = main.${name}.${rowidName})`;
  const update = `UPDATE main.${name} SET ${quoteName(column.name)} = ${value}`;
  return inCopy(db, table, madeLine(column, expression), () => db.prepare(update).run().changes >= 0) === true;
}

/** As the column itself would be: with its affinity. Stored, because SQLite hands on a REAL 2.0 that is not as 2. */
function madeLine({ affinity }: Column, expression: string): string {
  return `${quoteName(made)} ${affinity} GENERATED ALWAYS AS (${expression}\n) STORED`;
}

/**
 * Works on a copy whose columns compare and convert as they are declared, under the table's own name, which an
 * expression may mention. Null where SQLite cannot say, as with a function of the application's own.
 */
function inCopy(db: Sqlite, table: Table, extra: string | null, work: () => boolean): boolean | null {
  const name = quoteName(table.name);
  const columns = table.columns.filter(({ hiddenRowid }) => hiddenRowid !== true);
  const names = columns.map((column) => quoteName(column.name));
  if (table.rowidName !== null && columns.every(({ isRowid }) => !isRowid)) names.push(table.rowidName);
  const lines = [...columns.map(columnLine), ...(extra === null ? [] : [extra])];
  return cleaningUpNow(
    () => {
      try {
        db.exec(`CREATE TEMP TABLE ${name} (${lines.join(", ")})`);
        db.exec(`INSERT INTO temp.${name} (${names.join(", ")}) SELECT ${names.join(", ")} FROM main.${name}`);
        return work();
      } catch (thrown) {
        if ((thrown as { code?: unknown }).code !== "SQLITE_ERROR") throw thrown;
        return null;
      }
    },
    () => db.exec(`DROP TABLE IF EXISTS temp.${name}`),
  );
}

function columnLine({ name, affinity, collation, isRowid }: Column): string {
  if (isRowid) return `${quoteName(name)} INTEGER PRIMARY KEY`;
  const known = /^(NOCASE|RTRIM)$/i.test(collation) ? ` COLLATE ${collation}` : "";
  return `${quoteName(name)} ${affinity}${known}`;
}
