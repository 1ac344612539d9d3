/** Virtual tables of SQLite: full-text tables, R-trees. */
import type { TablePlan } from "./plan.ts";

export function isVirtual({ virtual, create }: Pick<TablePlan, "virtual" | "create">): boolean {
  // Plans saved by earlier versions do not say it.
  return virtual ?? isVirtualSql(create);
}

/** Of a statement that may stand behind settings of the file. */
export function isVirtualSql(create: string): boolean {
  return /^(?:PRAGMA [^;]*;\s*)*CREATE VIRTUAL\b/i.test(create);
}
