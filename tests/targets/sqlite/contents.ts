/** What a file holds, to compare two files by statements that neither the loader nor the proof uses. */
import Database from "better-sqlite3";

export function schemaOf(path: string): unknown[] {
  const db = new Database(path, { readonly: true });
  const rows = db.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").all();
  db.close();
  return rows;
}

/** Rows of every table, its shadow tables included, as SQLite writes them as literals. */
export function dump(path: string): Record<string, string> {
  const db = new Database(path, { readonly: true });
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
    .pluck()
    .all();
  const found: Record<string, string> = {};
  for (const table of tables as string[]) {
    const columns = db.prepare("SELECT name FROM pragma_table_xinfo(?)").pluck().all(table) as string[];
    const cells = columns.map((name) => `quote("${name.replaceAll('"', '""')}")`).join(" || ',' || ");
    const rows = `SELECT ${cells} AS line FROM "${table.replaceAll('"', '""')}"${table === "sqlite_sequence" ? " ORDER BY name" : ""}`;
    found[table] = String(
      db
        .prepare(
          `SELECT count(*) || ':' || coalesce(sum(length(line)), 0) || ':' || coalesce(substr(group_concat(line, ';'), 1, 20000), '') FROM (${rows})`,
        )
        .pluck()
        .get(),
    );
  }
  db.close();
  return found;
}
