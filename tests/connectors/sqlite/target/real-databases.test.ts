import { readdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../../support/shared-data.ts";
import { freshPath } from "../../scratch.ts";
import { differences, runAll } from "./run.ts";

const folder = sharedData("sqlite");
const files = folder === null ? [] : readdirSync(folder).filter((name) => name.endsWith(".sqlite"));

describe.skipIf(folder === null)("a real database becomes a new SQLite file", () => {
  it.each(files)("%s, to the byte of every cell", async (name) => {
    const source = join(folder ?? "", name);
    const path = freshPath();
    const { plan, results } = await runAll(source, path);
    expect(differences(results)).toEqual([]);
    expect(plan.hazards).toEqual([]);
    expect(schemaOf(path)).toEqual(schemaOf(source));
    expect(dump(path)).toEqual(dump(source));
  });
});

function schemaOf(path: string): unknown[] {
  const db = new Database(path, { readonly: true });
  const rows = db.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").all();
  db.close();
  return rows;
}

/** Rows of every table, its shadow tables included, as SQLite writes them as literals. */
function dump(path: string): Record<string, string> {
  const db = new Database(path, { readonly: true });
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'").pluck().all();
  const found: Record<string, string> = {};
  for (const table of tables as string[]) {
    const columns = db.prepare("SELECT name FROM pragma_table_xinfo(?)").pluck().all(table) as string[];
    const cells = columns.map((name) => `quote("${name.replaceAll('"', '""')}")`).join(" || ',' || ");
    const rows = `SELECT ${cells} AS line FROM "${table.replaceAll('"', '""')}"${table === "sqlite_sequence" ? " ORDER BY name" : ""}`;
    found[table] = String(
      db.prepare(`SELECT count(*) || ':' || coalesce(sum(length(line)), 0) || ':' || coalesce(substr(group_concat(line, ';'), 1, 20000), '') FROM (${rows})`).pluck().get(),
    );
  }
  db.close();
  return found;
}
