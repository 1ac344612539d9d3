/** Whether a table's rows go from its file's pages into COPY as they are, or are read through SQLite. */
import type { ColumnPlan } from "../../core/plan/plan.ts";
import type { TableProfile } from "../../core/plan/profile.ts";
import { isRuled } from "../../core/plan/ruled.ts";
import type { Table } from "../../core/schema/catalog.ts";

/** Why they are read through SQLite, for people; null where the pages are read. */
export function viaSqlite(table: Table, columns: readonly ColumnPlan[], profile: TableProfile): string | null {
  if (profile.viaSqlite !== null) return profile.viaSqlite ?? "its pages were not looked at";
  if (table.fullText !== undefined) return "it is a full-text table";
  for (const column of columns.filter(({ computed }) => !computed)) {
    const { source, rules, encoding, pgType } = column;
    if (rules.length > 0) return `values of ${source} are changed on their way`;
    if (isRuled(column) || encoding.kind === "literal") return `${source} goes in as ${pgType} itself reads it`;
    if (encoding.kind === "tagged") return `${source} has values of several classes`;
    if (encoding.kind === "epoch") return `${source} counts from an epoch`;
  }
  return null;
}
