/**
 * What PRAGMA integrity_check would find in a file, for a fraction of its cost where the file is whole: the pages by
 * quick_check, the indexes by what they hold. Whatever looks wrong is left to integrity_check, which finds the words for it.
 */
import { statSync } from "node:fs";
import { RowhaulError } from "../core/messages/errors.ts";
import { foundIn } from "../sqlite/integrity.ts";
import { openSqlite, type Sqlite } from "../sqlite/open.ts";
import integrityLines from "../sqlite/programs/integrity-lines.mjs";
import { readCatalog } from "./catalog/read-file-catalog.ts";
import { indexesAgree } from "./pages/index-agreement.ts";
import { PageError } from "./pages/page-error.ts";
import { openPageFile, type PageFile } from "./pages/page-file.ts";

/** Lines as integrity_check gives them; `ok` alone for a file that is whole. Throws what SQLite says of a file it cannot check. */
export function checkFile({ path }: { readonly path: string }): string[] {
  const large = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > smallFile;
  return large ? checkLargeFile({ path }) : integrityLines({ path });
}

/** In bytes: integrity_check is through with it in a second or two. */
const smallFile = 64 << 20;

export function checkLargeFile({ path }: { readonly path: string }): string[] {
  try {
    return cheaply(path) ?? integrityLines({ path });
  } catch (thrown) {
    // A damaged schema, say, or an order that only the application has: the check of the whole file knows how to go on.
    const { code } = thrown as { code?: unknown };
    if (thrown instanceof RowhaulError || String(code).startsWith("SQLITE_")) return integrityLines({ path });
    throw thrown;
  }
}

/** Null where the whole file is in doubt. */
function cheaply(path: string): string[] | null {
  const db = openSqlite(path);
  try {
    const doubtful = doubtfulTables(db, path);
    if (doubtful === null) return null;
    const check = db.prepare("SELECT integrity_check FROM pragma_integrity_check(?)").pluck();
    const lines = doubtful.flatMap((table) => check.all(table) as string[]).filter((line) => line !== "ok");
    return lines.length === 0 ? ["ok"] : lines;
  } finally {
    db.close();
  }
}

/** Those whose indexes SQLite must look at; null where the whole file is in doubt. */
function doubtfulTables(db: Sqlite, path: string): string[] | null {
  const { damage, stale } = foundIn(db.prepare(`PRAGMA quick_check(${mostLines})`).pluck().all() as string[]);
  if (damage.length > 0 || stale.length > 0) return null;
  const names = indexed(db);
  if (names.length === 0) return [];
  let file: PageFile | null = null;
  try {
    file = openPageFile(path);
    const pages = file;
    const tables = new Map(readCatalog(db).tables.map((table) => [table.name, table]));
    return names.filter((name) => {
      const table = tables.get(name);
      return table === undefined || indexesAgree(db, pages, table) !== true;
    });
  } catch (thrown) {
    if (thrown instanceof PageError) return null;
    throw thrown;
  } finally {
    file?.close();
  }
}

/** Rows that violate their own table's constraints are data, and have a line each. */
const mostLines = 10_000;

/** Tables whose rows are looked up by an order: with indexes, or without rowid; of full-text tables, too. */
function indexed(db: Sqlite): string[] {
  return db
    .prepare(
      `SELECT tbl_name FROM sqlite_schema WHERE type = 'index' AND rootpage > 0
       UNION SELECT name FROM pragma_table_list WHERE schema = 'main' AND wr`,
    )
    .pluck()
    .all() as string[];
}
