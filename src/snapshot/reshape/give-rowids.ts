/**
 * A key that a function computed may turn out to be a valid rowid after all. Its table is written again with that
 * column as the rowid, because readers split such a table into ranges of it.
 */
import { quoteName } from "../../core/quote.ts";
import type { Catalog } from "../../core/schema/catalog.ts";
import { foldName } from "../../core/schema/names.ts";
import type { Sqlite } from "../../sqlite/open.ts";
import { createSql, type OutputTable } from "./output-tables.ts";
import { tableOf } from "./row-place.ts";

const temporary = "rowhaul keyed";

/** The tables as they are now. */
export function giveRowids(
  db: Sqlite,
  outputs: ReadonlyMap<string, OutputTable>,
  reshaped: Catalog,
): ReadonlyMap<string, OutputTable> {
  const now = new Map(outputs);
  for (const output of outputs.values()) {
    const alias = tableOf(reshaped, output.name)?.columns.find(({ isRowid }) => isRowid)?.name;
    if (alias === undefined || output.alias !== null) continue;
    const keyed = { ...output, alias };
    const columns = output.columns.map(quoteName).join(", ");
    db.exec(createSql(temporary, keyed, reshaped));
    db.exec(
      `INSERT INTO ${quoteName(temporary)} (${columns}) SELECT ${columns} FROM ${quoteName(output.name)} ORDER BY ${quoteName(alias)}`,
    );
    db.exec(`DROP TABLE ${quoteName(output.name)}`);
    // A broken view of the source's must not make the rename fail.
    db.pragma("legacy_alter_table = ON");
    db.exec(`ALTER TABLE ${quoteName(temporary)} RENAME TO ${quoteName(output.name)}`);
    db.pragma("legacy_alter_table = OFF");
    now.set(foldName(output.name), keyed);
  }
  return now;
}
