/** Tables that no chain reads, cut down to the rows that a selection has. */
import { quoteName } from "../../core/quote.ts";
import type { Catalog, Table } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import type { RowSelection } from "../closure/row-selection.ts";

/** The name under which the selection's file is attached. */
export const selectionSchema = "rowhaul_rows";

export function attachSelection(db: Sqlite, selection: RowSelection | null): void {
  if (selection !== null) db.prepare(`ATTACH ? AS ${selectionSchema}`).run(selection.path);
}

/** Condition on selected rows, SQL of the table; null when all rows are selected. */
export function selectedRows(selection: RowSelection | null, table: string): string | null {
  if (selection === null) return null;
  const known = selection.tables.find((one) => sameName(one.table, table));
  if (known !== undefined) return known.condition;
  return selection.others === "none" ? "0" : null;
}

/** Deletes the other rows; returns the tables that lost some. The selection's file must be attached. */
export function keepSelected(
  db: Sqlite,
  catalog: Catalog,
  selection: RowSelection | null,
  reshapedTables: (name: string) => boolean,
  wanted: (name: string) => boolean,
): string[] {
  const changed: string[] = [];
  for (const table of catalog.tables) {
    const condition = selectedRows(selection, table.name);
    if (condition === null || reshapedTables(table.name) || !wanted(table.name) || table.fullText !== undefined)
      continue;
    dropDependants(db, catalog, table);
    db.exec(`DELETE FROM ${quoteName(table.name)} WHERE NOT (${condition})`);
    changed.push(table.name);
  }
  return changed;
}

/** Triggers would fire; an index over an expression may need a function that only the application has. */
function dropDependants(db: Sqlite, catalog: Catalog, table: Table): void {
  for (const trigger of catalog.triggers)
    if (sameName(trigger.table, table.name)) db.exec(`DROP TRIGGER IF EXISTS ${quoteName(trigger.name)}`);
  for (const index of table.indexes)
    if (index.where !== null || index.parts.some(({ expression }) => expression !== null))
      db.exec(`DROP INDEX IF EXISTS ${quoteName(index.name)}`);
}
