/** Rows in virtual tables that do not move as tables: what stays behind is reported with its number of rows. */
import { quoteName } from "../../core/quote.ts";
import type { Catalog, VirtualTable } from "../../core/schema/catalog.ts";
import { sameName } from "../../core/schema/names.ts";
import type { Sqlite } from "../../sqlite/open.ts";

export function countVirtualRows(db: Sqlite, { virtualTables, tables }: Catalog): Record<string, number> {
  return Object.fromEntries(
    virtualTables
      // Without shadow tables it stores nothing: it shows data from elsewhere.
      .filter(
        ({ name, shadowTables }) => shadowTables.length > 0 && !tables.some((table) => sameName(table.name, name)),
      )
      .flatMap((virtual): [string, number][] => {
        const rows = rowsOf(db, virtual);
        return rows === null ? [] : [[virtual.name, rows]];
      }),
  );
}

/** Of its own bookkeeping, where there is one: the table itself may need a module that only the application has. */
function rowsOf(db: Sqlite, { name, shadowTables }: VirtualTable): number | null {
  const kept = ["_content", "_docsize"]
    .map((ending) => shadowTables.find((shadow) => shadow === `${name}${ending}`))
    .find((shadow) => shadow !== undefined);
  try {
    return Number(
      db
        .prepare(`SELECT count(*) FROM ${quoteName(kept ?? name)}`)
        .pluck()
        .get(),
    );
  } catch {
    return null;
  }
}
