/** A table that the application made must be what it was, word for word, with its indexes and triggers. */
import type { TablePlan } from "../../core/plan/plan.ts";
import { type Both, hasTable } from "./input.ts";

type Named = { readonly type: string; readonly name: string; readonly sql: string | null };

export function changedObjects(db: Both, { target }: TablePlan): string[] {
  // Where the file from before is gone, there is nothing to compare with.
  if (!hasTable(db, "before", target)) return [];
  const [before, now] = [objectsOf(db, "before", target), objectsOf(db, "target", target)];
  const missing = before.flatMap(({ type, name, sql }) => {
    const same = now.find((one) => one.type === type && one.name === name);
    if (same === undefined) return [`The ${type} ${name} of the application's is gone.`];
    return same.sql === sql ? [] : [`The ${type} ${name} of the application's is not what it was.`];
  });
  const added = now.filter((one) => !before.some(({ type, name }) => type === one.type && name === one.name));
  return [...missing, ...added.map(({ type, name }) => `The ${type} ${name} was not there before.`)];
}

function objectsOf(db: Both, schema: "before" | "target", table: string): Named[] {
  return db
    .prepare(
      `SELECT type, name, sql FROM ${schema}.sqlite_schema WHERE tbl_name = ? COLLATE NOCASE ORDER BY type, name`,
    )
    .all(table) as Named[];
}
