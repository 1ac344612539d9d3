/** The catalog that a snapshot of another source carries with it. */
import type Database from "better-sqlite3";
import { type Catalog, catalogTable } from "../../core/schema/catalog.ts";

/** Null when the file is a SQLite database of its own. */
export function storedCatalog(db: Database.Database): Catalog | null {
  const there = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(catalogTable);
  if (there === undefined) return null;
  const text = db.prepare(`SELECT catalog FROM ${catalogTable}`).pluck().get();
  return JSON.parse(String(text)) as Catalog;
}
