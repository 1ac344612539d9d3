/** The file that stands at the path: whether it may be there, and whether its rows can be told from the run's. */

import { basename } from "node:path";
import Database from "better-sqlite3";
import { messageOf, RowhaulError } from "../../../core/messages/errors.ts";
import type { Note, Plan, TablePlan } from "../../../core/plan/plan.ts";
import { isVirtualSql } from "../../../core/plan/virtual.ts";
import type { Occupied } from "../../../core/ports.ts";
import { sameName } from "../../../core/schema/names.ts";
import { type SqliteTargetSettings, worksOnCopy } from "../settings.ts";
import type { Sqlite } from "../state/state.ts";
import { isThere } from "./files.ts";

/** Returns what would be kept aside, and what is worth knowing. Throws TARGET_OCCUPIED, TARGET_MISMATCH or TARGET_FILE. */
export function checkOccupied({ path, existing }: SqliteTargetSettings, plan: Plan, snapshot: string): Occupied {
  const found = inFile(path, (db): Occupied => {
    refuseTables(db, path, existing);
    if (!worksOnCopy(existing)) return { aside: [basename(path)], notes: [] };
    checkEncoding(db, path, snapshot);
    checkKeys(db, path, plan);
    return { aside: [basename(path)], notes: triggerNotes(db, plan) };
  });
  return found ?? { aside: [], notes: [] };
}

/** As far as it can be told without a plan; null where rows go into the tables that are there. */
export function checkNames({ path, existing }: SqliteTargetSettings): string[] | null {
  if (worksOnCopy(existing)) return null;
  const found = inFile(path, (db) => {
    refuseTables(db, path, existing);
    return existing === "keep-aside" ? [basename(path)] : [];
  });
  return found ?? [];
}

/** Null where there is no such file. */
function inFile<T>(path: string, work: (db: Sqlite) => T): T | null {
  if (!isThere(path)) return null;
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

function refuseTables(db: Sqlite, path: string, existing: SqliteTargetSettings["existing"]): void {
  const tables = tablesOf(db, path);
  if (existing !== "refuse" || tables.length === 0) return;
  const more = tables.length > 5 ? ` and ${tables.length - 5} more` : "";
  throw new RowhaulError("TARGET_OCCUPIED", `${path} already holds ${tables.slice(0, 5).join(", ")}${more}.`, {
    hint: "Set `target.existing: append` (or `merge`, `skip`, `replace`) to put the rows into the tables that are there, or `keep-aside` to keep the file beside a new one; or choose another path.",
  });
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

/** SQLite reads files side by side only where their texts are written alike, and so must the proof. */
function checkEncoding(db: Sqlite, path: string, snapshot: string): void {
  const source = new Database(snapshot, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    const [there, here] = [db, source].map((one) => String(one.pragma("encoding", { simple: true })));
    if (there !== here)
      throw new RowhaulError(
        "TARGET_MISMATCH",
        `The texts of ${path} are ${there}, those of the rows that come ${here}: they cannot be compared.`,
        {
          hint: `Let the application make its file with PRAGMA encoding = '${here}', or set \`target.existing: keep-aside\`.`,
        },
      );
  } finally {
    source.close();
  }
}

/** A row is found again by the table's own key. Throws TARGET_MISMATCH with all that lacks one, or is no table. */
function checkKeys(db: Sqlite, path: string, plan: Plan): void {
  const details = plan.tables.flatMap((table) => [
    ...otherThings(db, table),
    ...(table.into === "merge" || table.into === "skip" ? problems(db, table) : []),
  ]);
  if (details.length > 0)
    throw new RowhaulError("TARGET_MISMATCH", `The rows do not go into ${path} as it is.`, {
      details,
      hint: "In a pipeline file: `append` or `replace` for these tables (`tables: { t: { existing: append } }`), other names by `rename` and `as`, or leave them out with `exclude`.",
    });
}

/** A table that the file lacks cannot be made where something else has its name. */
function otherThings(db: Sqlite, { target, into, create }: TablePlan): string[] {
  if (into !== undefined) return [];
  const there = db.prepare("SELECT type, sql FROM sqlite_schema WHERE name = ? COLLATE NOCASE").get(target) as
    | { readonly type: string; readonly sql: string | null }
    | undefined;
  if (there === undefined || (isVirtualSql(create) && isVirtualSql(there.sql ?? ""))) return [];
  const what = there.type === "table" && isVirtualSql(there.sql ?? "") ? "virtual table" : there.type;
  return [
    `${target} is ${/^[aeiou]/.test(what) ? "an" : "a"} ${what} there: give the source's another name with \`as\``,
  ];
}

function problems(db: Sqlite, { target, columns }: TablePlan): string[] {
  const key = db.prepare("SELECT name FROM pragma_table_xinfo(?) WHERE pk > 0").pluck().all(target) as string[];
  if (key.length === 0) return [`${target} has no primary key, so nothing says which rows are the same`];
  return key
    .filter((name) => !columns.some((column) => sameName(column.target, name)))
    .map((name) => `${target}'s key ${name} is not among the source's columns`);
}
