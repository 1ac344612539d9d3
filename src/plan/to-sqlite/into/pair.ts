/** Which of the file's tables, and which of its columns, a source's rows go into: by name, without regard to case. */

import type { IntoMode } from "../../../core/plan/into-mode.ts";
import type { Column, Table } from "../../../core/schema/catalog.ts";
import type { FileColumn, FileSchema, FileTable } from "../../../core/schema/file-schema.ts";
import { sameName } from "../../../core/schema/names.ts";
import { byName, type PlanScope, tableSettings } from "../../context.ts";
import { modeOf } from "../../to-postgres/into/mode-of.ts";

export type FilePair = {
  readonly table: Table;
  readonly live: FileTable;
  readonly mode: IntoMode;
  readonly columns: readonly { readonly column: Column; readonly live: FileColumn }[];
  /** Source columns that the file's table lacks, or computes itself. */
  readonly missing: readonly Column[];
  /** Columns of the file's table that no source column goes into. */
  readonly unfed: readonly FileColumn[];
};

/** Null where the file has no such table. */
export function pairInFile(table: Table, scope: PlanScope, schema: FileSchema): FilePair | null {
  const own = tableSettings(scope, table.name);
  const live = schema.tables.find(({ name }) => sameName(name, own.as ?? table.name));
  const mode = modeOf(table.name, scope);
  if (live === undefined || mode === null) return null;
  const kept = table.columns.filter(({ name }) => !own.drop.some((dropped) => sameName(dropped, name)));
  const pairs = kept.flatMap((column) => {
    const wanted = byName(own.rename, column.name) ?? column.name;
    const into = live.columns.find(({ name, generated }) => !generated && sameName(name, wanted));
    return into === undefined ? [] : [{ column, live: into }];
  });
  return {
    table,
    live,
    mode,
    columns: pairs,
    missing: kept.filter((column) => !pairs.some((pair) => pair.column === column)),
    unfed: live.columns.filter((column) => !pairs.some((pair) => pair.live === column)),
  };
}
