/** What must be asked of the source's rows before the plan for tables of the application's can be made. Pure. */
import type { Catalog } from "../../../core/schema/catalog.ts";
import type { FileRequest, FileSchema } from "../../../core/schema/file-schema.ts";
import { sameName } from "../../../core/schema/names.ts";
import { type PlanScope, selectedRows } from "../../context.ts";
import { selectTables } from "../../selection.ts";
import { pairInFile } from "./pair.ts";
import { fileReading } from "./reading.ts";

export function fileRequests(scope: PlanScope, catalog: Catalog, schema: FileSchema): FileRequest[] {
  return selectTables(catalog, scope.selection).tables.flatMap((table): FileRequest[] => {
    const pair = table.fullText === undefined ? pairInFile(table, scope, schema) : null;
    if (pair === null) return [];
    const { live, mode, columns, missing } = pair;
    const isSent = (name: string): boolean => columns.some((one) => sameName(one.live.name, name));
    return [
      {
        table,
        target: live.name,
        where: selectedRows(scope, table),
        mode,
        columns: columns.map(({ column, live: into }) => ({
          source: column.name,
          target: into.name,
          reading: fileReading(column, into, scope.settings),
        })),
        keys: live.keys.filter((key) => key.columns.every(isSent)),
        missing: missing.map(({ name }) => name),
      },
    ];
  });
}
