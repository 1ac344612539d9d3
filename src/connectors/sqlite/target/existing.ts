/** The file that stands at the path: whether it may be there, and whether the run's rows fit into its tables. */
import { basename } from "node:path";
import Database from "better-sqlite3";
import { messageOf, RowhaulError } from "../../../core/errors.ts";
import { sameName } from "../../../core/names.ts";
import type { Note, Plan, TablePlan } from "../../../core/plan.ts";
import type { Occupied } from "../../../core/ports.ts";
import { isThere } from "./files.ts";
import { misfits } from "./misfits.ts";
import { type SqliteTargetSettings, worksOnCopy } from "./settings.ts";
import { hasTable, isVirtual } from "./staging.ts";
import type { Sqlite } from "./state.ts";

/** Returns what would be kept aside, and what is worth knowing. Throws TARGET_OCCUPIED or TARGET_FILE. */
export function checkOccupied({ path, existing }: SqliteTargetSettings, plan: Plan, snapshot: string): Occupied {
  if (!isThere(path)) return { aside: [], notes: [] };
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    const tables = tablesOf(db, path);
    if (existing === "refuse" && tables.length > 0) {
      const more = tables.length > 5 ? ` and ${tables.length - 5} more` : "";
      throw new RowhaulError("TARGET_OCCUPIED", `${path} already holds ${tables.slice(0, 5).join(", ")}${more}.`, {
        hint: "Set `target.existing: append` (or `merge`, `replace`) to put the rows into the tables that are there, or `keep-aside` to keep the file beside a new one; or choose another path.",
      });
    }
    if (worksOnCopy(existing) && existing !== "replace") checkTables(db, path, plan, snapshot, existing === "merge");
    return { aside: [basename(path)], notes: worksOnCopy(existing) ? triggerNotes(db, plan) : [] };
  } finally {
    db.close();
  }
}

/** They are taken out of the copy while the rows go in: what they do was done where the rows come from. */
function triggerNotes(db: Sqlite, plan: Plan): Note[] {
  const triggers = db.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE ORDER BY name",
  );
  return plan.tables.flatMap(({ source, target }) =>
    (triggers.pluck().all(target) as string[]).map((name) => ({
      code: "TRIGGER_RESTS",
      at: `${source}.${name}`,
      message: `the trigger ${name} of ${target} stays, and does not fire for the rows that come; what it would write has to come with them`,
    })),
  );
}

function tablesOf(db: Sqlite, path: string): string[] {
  try {
    return db
      .prepare(
        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
      )
      .pluck()
      .all() as string[];
  } catch (thrown) {
    throw new RowhaulError("TARGET_FILE", `${path} is no SQLite database: ${messageOf(thrown)}.`, { cause: thrown });
  }
}

function checkTables(db: Sqlite, path: string, plan: Plan, snapshot: string, merge: boolean): void {
  const standing = plan.tables.filter((table) => !isVirtual(table) && hasTable(db, table.target));
  const missing = standing.flatMap((table) => problems(db, table, merge));
  const details = [...missing, ...misfits(db, snapshot, missing.length > 0 ? [] : standing, merge)];
  if (details.length > 0)
    throw new RowhaulError("TARGET_FILE", `The rows do not fit into the tables of ${path}.`, {
      details,
      hint: "Rename, drop or transform columns in the pipeline file, select other rows with `where`, or set `target.existing: replace`.",
    });
}

function problems(db: Sqlite, { target, columns }: TablePlan, merge: boolean): string[] {
  const there = db.prepare("SELECT name, pk, hidden FROM pragma_table_xinfo(?)").all(target) as {
    name: string;
    pk: number;
    hidden: number;
  }[];
  const missing = columns.filter(
    (column) => !column.computed && !there.some(({ name, hidden }) => hidden === 0 && sameName(name, column.target)),
  );
  const found = missing.map((column) => `${target} has no column ${column.target} to write to`);
  if (!merge) return found;
  const key = there.filter(({ pk }) => pk > 0);
  if (key.length === 0) found.push(`${target} has no primary key, so nothing says which rows are the same`);
  for (const { name } of key)
    if (!columns.some((column) => sameName(column.target, name)))
      found.push(`${target}'s key ${name} is not among the source's columns`);
  return found;
}
