/**
 * Once all rows are there, columns get the affinity that the catalog gives them: not one value would be converted by
 * it, and the source's views, which are asked again here, compare a column with '0' or 0 as they always did. Only the
 * text of the schema changes.
 */
import { cleaningUpNow } from "../../core/messages/clean-up.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import { createSql, type OutputTable } from "./output-tables.ts";

export function declareAffinities(db: Sqlite, outputs: Iterable<OutputTable>, reshaped: Catalog): void {
  // Guarded by SQLite, because it takes any text.
  db.unsafeMode(true);
  cleaningUpNow(
    () => {
      db.pragma("writable_schema = ON");
      const update = db.prepare("UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?");
      for (const output of outputs) update.run(createSql(output.name, output, reshaped, true), output.name);
    },
    () => db.pragma("writable_schema = OFF"),
    () => db.unsafeMode(false),
  );
}
