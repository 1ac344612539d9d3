// @ts-check
/** PRAGMA integrity_check of a whole file, which it reads whole. Runs in a process of its own. */
import Database from "better-sqlite3";

/**
 * The first lines it gives; `ok` alone for a file that is whole. Throws what SQLite says of a file it cannot check.
 * @param {{ readonly path: string }} input
 * @returns {string[]}
 */
export default function integrityLines({ path }) {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    try {
      return /** @type {string[]} */ (db.prepare("PRAGMA integrity_check(20)").pluck().all());
    } catch (error) {
      // A tokenizer or an order that only the application has stops the check of the whole file; the other tables are
      // examined one by one.
      if (!isOfApplication(error)) throw error;
      const check = db.prepare("SELECT integrity_check FROM pragma_integrity_check(?)").pluck();
      const tables = db.prepare(tablesWithPages).pluck().all();
      return tables.flatMap((table) => {
        try {
          return /** @type {string[]} */ (check.all(table));
        } catch (error) {
          if (isMissingOrder(error)) return [];
          throw error;
        }
      });
    }
  } finally {
    db.close();
  }
}

/** @param {unknown} error */
function isOfApplication(error) {
  return /** @type {{ code?: string }} */ (error).code === "SQLITE_ERROR" || isMissingOrder(error);
}

/** @param {unknown} error */
function isMissingOrder(error) {
  return /** @type {{ code?: string }} */ (error).code === "SQLITE_ERROR_MISSING_COLLSEQ";
}

const tablesWithPages = `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow')
  AND name NOT IN ('sqlite_schema', 'sqlite_temp_schema')`;
