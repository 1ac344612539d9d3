/** Profiles every value of the snapshot, table after table. */

import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import type { Profile, TableProfile } from "../../core/plan/profile.ts";
import type { ProfileHooks, ProfileRequest } from "../../core/ports.ts";
import { quoteName } from "../../core/quote.ts";
import type { Catalog, Table } from "../../core/schema/catalog.ts";
import { type Sqlite, selection } from "../../sqlite/open.ts";
import type { PageFile } from "../pages/page-file.ts";
import { kindIn } from "./column-profile.ts";
import { addKeyDates } from "./key-dates.ts";
import { addKeyRepairs } from "./key-repairs.ts";
import { profilePages } from "./profile-pages.ts";
import { profileRows } from "./profile-rows.ts";
import { countVirtualRows } from "./virtual-rows.ts";

/** `pages`: the file itself; null to read everything through SQLite. */
export async function profileTables(
  db: Sqlite,
  pages: PageFile | null,
  catalog: Catalog,
  requests: readonly ProfileRequest[],
  hooks: ProfileHooks,
): Promise<Profile> {
  for (const request of requests) checkWhere(db, request);
  const sizes = tableSizes(db);
  const tables: Record<string, TableProfile> = {};
  for (const request of requests) {
    const bytes = bytesOf(request.table, catalog, sizes);
    const found = pages === null ? unreadable : await profilePages(db, pages, request, bytes, hooks);
    tables[request.table.name] =
      typeof found === "string"
        ? { ...(await profileRows(db, catalog.encoding, request, bytes, hooks)), viaSqlite: found }
        : found;
  }
  addKeyDates(db, tables, requests, ({ kinds }, column) => kindIn(kinds, column));
  addKeyRepairs(db, catalog, tables, requests);
  return { tables, virtualRows: countVirtualRows(db, catalog) };
}

const unreadable = "its file has no header that the format allows";

/** Throws PLAN_INVALID where a pipeline's condition is not one; tried alone too, so that it cannot end its parenthesis early. */
function checkWhere(db: Sqlite, { table, where }: ProfileRequest): void {
  if (where === null) return;
  try {
    for (const condition of [where, selection(where)]) {
      db.prepare(`SELECT 1 FROM ${quoteName(table.relation ?? table.name)} WHERE ${condition}`);
    }
  } catch (thrown) {
    throw new RowhaulError("PLAN_INVALID", `tables.${table.name}.where: ${messageOf(thrown)}.`, {
      place: { table: table.name },
      details: [`where: ${where}`, `${table.name} has: ${table.columns.map((column) => column.name).join(", ")}`],
      hint: "Correct the condition in the pipeline file; it is SQLite's SQL.",
    });
  }
}

/** Bytes of each table's own b-tree, overflow pages included. */
function tableSizes(db: Sqlite): Map<string, number> {
  const rows = db.prepare("SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE").raw(true).all() as [
    string,
    bigint,
  ][];
  return new Map(rows.map(([name, size]) => [name, Number(size)]));
}

/** A full-text table is what its own tables are: texts and index, which become rows of about that size. */
function bytesOf(table: Table, { virtualTables }: Catalog, sizes: ReadonlyMap<string, number>): number {
  const parts =
    table.fullText === undefined
      ? [table.name]
      : (virtualTables.find(({ name }) => name === table.name)?.shadowTables ?? []);
  return parts.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
}
