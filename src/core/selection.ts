/**
 * What is left to do for the catalog that the plan reads. What the source or the transforms have done already is not
 * asked for again, and tables and columns have the names that they have by then; {@link Settings} stays what was asked.
 */
import { foldName } from "./schema/names.ts";
import { plainTable, type TableSettings } from "./settings.ts";

/** Of a table there is, or that a transform makes. */
export type SelectedTable = Omit<TableSettings, "steps" | "onError" | "belongsTo">;

export type Selection = {
  /** By folded name; {@link selectedTable} looks one up. */
  readonly tables: ReadonlyMap<string, SelectedTable>;
  /** Names and patterns with `*` of the tables that move, as the pipeline writes them; empty = all of them. */
  readonly named: readonly string[];
  readonly exclude: readonly string[];
};

/** A table without settings is taken as it is. */
export function selectedTable(selection: Selection, table: string): SelectedTable {
  return selection.tables.get(foldName(table)) ?? plainTable;
}
