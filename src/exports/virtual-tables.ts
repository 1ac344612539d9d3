/**
 * How a virtual table travels. FTS5's are made again from their SQL and their
 * texts, so that their files are readable and the same data gives the same bytes;
 * where that would lose something (nobody keeps the texts, the index is not that
 * of its content, the tokenizer is the application's), the tables of the index
 * travel as they are.
 */

import type Database from "better-sqlite3";
import { quoteName } from "../core/quote.ts";
import type { Catalog, VirtualTable } from "../core/schema/catalog.ts";
import { foldName, sameName } from "../core/schema/names.ts";
import type { ExportedVirtual, Manifest } from "./manifest.ts";
import { contentReading, type Reading, shadowReading } from "./reading.ts";

export type Selected = { readonly table: string; readonly where: string | null };

export type VirtualExport = {
  readonly virtualTables: readonly ExportedVirtual[];
  readonly readings: readonly Reading[];
  readonly lost: Manifest["lost"];
};

/** `selected`: the tables that are exported; all of the catalog's means the virtual ones as well. */
export function virtualExports(db: Database.Database, catalog: Catalog, selected: readonly Selected[]): VirtualExport {
  const everything = catalog.tables.every((table) => find(selected, table.name) !== undefined);
  const found = catalog.virtualTables.map((virtual) => {
    const own = find(selected, virtual.name);
    const content = externalContent(catalog, virtual);
    if (content === null)
      return own === undefined && !everything ? nothing : single(db, catalog, virtual, null, own?.where ?? null);
    const rows = find(selected, content);
    if (rows === undefined)
      return own === undefined ? nothing : lost(virtual, `its texts are in ${content}, which is not exported`);
    return single(db, catalog, virtual, content, rows.where);
  });
  return {
    virtualTables: found.flatMap((one) => one.virtualTables),
    readings: found.flatMap((one) => one.readings),
    lost: found.flatMap((one) => one.lost),
  };
}

const nothing: VirtualExport = { virtualTables: [], readings: [], lost: [] };

function lost(virtual: VirtualTable, reason: string): VirtualExport {
  return { ...nothing, lost: [{ object: virtual.name, reason }] };
}

/** `where`: of the rows that it indexes. */
function single(
  db: Database.Database,
  catalog: Catalog,
  virtual: VirtualTable,
  content: string | null,
  where: string | null,
): VirtualExport {
  const columns = rebuildable(db, virtual, content, where);
  if (columns !== null)
    return {
      virtualTables: [{ table: virtual.name, how: "rebuilt" }],
      readings: content === null ? [contentReading(db, virtual.name, columns, where)] : [],
      lost: [],
    };
  if (where !== null) return lost(virtual, "a part of it cannot be exported, because it cannot be made from its texts");
  const shadows = ownShadows(catalog, virtual).map((name) => ({ table: name, sql: createSql(db, name) }));
  return {
    virtualTables: [{ table: virtual.name, how: "stored", shadows }],
    readings: shadows.map(({ table }) => shadowReading(db, table, virtual.name)),
    lost: [],
  };
}

/** Its columns, where it can be made again from texts that are there. */
function rebuildable(
  db: Database.Database,
  virtual: VirtualTable,
  content: string | null,
  where: string | null,
): string[] | null {
  if (virtual.module !== "fts5") return null;
  try {
    const columns = db
      .prepare("SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0")
      .pluck()
      .all(virtual.name) as string[];
    // The first fails for a content without the columns, the second for a tokenizer that is not here: a search asks for it.
    const name = quoteName(virtual.name);
    db.prepare(`SELECT rowid, ${columns.map(quoteName).join(", ")} FROM ${name} LIMIT 1`).get();
    db.prepare(`SELECT 1 FROM ${name}('x') LIMIT 1`).get();
    const texts = content ?? ownTexts(db, virtual, columns.length);
    if (texts === null) return null;
    const rows = db
      .prepare(`SELECT count(*) FROM ${quoteName(texts)}`)
      .pluck()
      .get() as bigint;
    return where === null && virtual.totals !== undefined && virtual.totals.rows !== String(rows) ? null : columns;
  } catch {
    return null;
  }
}

/** The table of the texts it keeps itself; null when it keeps none, or not all, or more than texts. */
function ownTexts(db: Database.Database, virtual: VirtualTable, columns: number): string | null {
  const table = `${virtual.name}_content`;
  if (contentOption(virtual.sql) !== null || !virtual.shadowTables.includes(table)) return null;
  const kept = db.prepare("SELECT count(*) FROM pragma_table_info(?)").pluck().get(table) as bigint;
  return kept === BigInt(columns + 1) ? table : null;
}

function externalContent(catalog: Catalog, virtual: VirtualTable): string | null {
  const option = virtual.module.startsWith("fts") ? contentOption(virtual.sql) : null;
  return option === null ? null : (catalog.tables.find(({ name }) => sameName(name, option))?.name ?? null);
}

/** The value of `content=`; null without one. What it takes for one wrongly only makes the index travel as it is. */
function contentOption(sql: string): string | null {
  const found = /[(,]\s*content\s*=\s*(?:'((?:[^']|'')*)'|"((?:[^"]|"")*)"|`([^`]*)`|\[([^\]]*)\]|([^\s,)]+))/i.exec(
    sql,
  );
  return found === null
    ? null
    : (found.slice(1).find((group) => group !== undefined) ?? "").replace(/''|""/g, (two) => two.charAt(0));
}

/** The shadow tables of `a_b` are named like some of `a`. */
function ownShadows(catalog: Catalog, virtual: VirtualTable): string[] {
  const longer = catalog.virtualTables.filter(({ name }) => foldName(name).startsWith(`${foldName(virtual.name)}_`));
  return virtual.shadowTables.filter((shadow) => !longer.some((other) => other.shadowTables.includes(shadow)));
}

function createSql(db: Database.Database, name: string): string {
  return String(db.prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?").pluck().get(name));
}

function find(selected: readonly Selected[], name: string): Selected | undefined {
  return selected.find(({ table }) => sameName(table, name));
}
