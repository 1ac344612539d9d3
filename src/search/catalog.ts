/**
 * Full-text tables as tables of the catalog, so that what they keep travels and is
 * proven like any other: their rowids, and their texts where these are their own.
 * Pure; what cannot be carried stays among the virtual tables alone.
 */
import type { Catalog, Column, Table, VirtualTable } from "../core/schema/catalog.ts";
import { sameName } from "../core/schema/names.ts";
import { type FullTextDeclaration, readDeclaration } from "./declaration.ts";
import { declaredTokenizer } from "./declared-tokenizer.ts";

/** `wanted`: the virtual tables that the pipeline does not give up. */
export function withFullText(catalog: Catalog, wanted: (name: string) => boolean): Catalog {
  const found = catalog.virtualTables.flatMap((virtual) => {
    if (!wanted(virtual.name)) return [];
    const carried = carriedFullText(catalog, virtual);
    return carried.ok ? [{ virtual, declaration: carried.declaration }] : [];
  });
  const referred = found.flatMap(({ declaration }) =>
    declaration.content.kind === "external" ? [{ declaration, content: declaration.content }] : [],
  );
  return {
    ...catalog,
    tables: [
      ...catalog.tables.map((table) => {
        const users = referred.filter(({ content }) => sameName(content.table, table.name));
        const searched = users.flatMap(({ declaration }) => declaredColumns(catalog, declaration));
        return withHiddenRowid(
          withSearched(table, searched),
          users.map(({ content }) => content.rowid),
        );
      }),
      ...found.map(({ virtual, declaration }) => fullTextTable(catalog, virtual, declaration)),
    ],
  };
}

function withSearched(table: Table, columns: FullTextDeclaration["columns"]): Table {
  if (columns.length === 0) return table;
  const isSearched = (column: Column): boolean =>
    columns.some(({ name, indexed }) => indexed && sameName(name, column.name));
  return {
    ...table,
    columns: table.columns.map((column) => (isSearched(column) ? { ...column, searched: true } : column)),
  };
}

export type Carried =
  | { readonly ok: true; readonly declaration: FullTextDeclaration }
  | { readonly ok: false; readonly reason: string };

/** Whether a virtual table is a full-text table that PostgreSQL can have, and why not. */
export function carriedFullText(catalog: Catalog, virtual: VirtualTable): Carried {
  const declaration = readDeclaration(virtual.sql);
  if (declaration === null) return { ok: false, reason: "it is no full-text table" };
  const tokenizer = declaredTokenizer(declaration);
  if (!tokenizer.known)
    return {
      ok: false,
      reason: `its tokenizer ${tokenizer.name} is not one of FTS5's own, so PostgreSQL cannot make its tokens; the indexed texts stay in ${textsOf(virtual, declaration)}`,
    };
  if (declaration.tokendata || declaration.locale)
    return { ok: false, reason: "its tokens carry data of the application's own (tokendata, locale)" };
  const { content } = declaration;
  if (content.kind === "external") {
    const table = catalog.tables.find(({ name }) => sameName(name, content.table));
    if (table === undefined)
      return { ok: false, reason: `its content ${content.table} is not a table, so nothing could keep it true` };
    const key = contentKey(table, content.rowid);
    if (key === null) return { ok: false, reason: `${table.name} has no column ${content.rowid}` };
    if (!isUnique(table, key))
      return {
        ok: false,
        reason: `${table.name}.${key} is not unique, so a row of the index could be that of several texts`,
      };
  }
  if (content.kind === "contentless" && (declaration.detail !== "full" || declaration.module !== "fts5"))
    return { ok: false, reason: "nobody keeps its texts, and its index has no positions that could be read" };
  if (content.kind === "contentless" && !content.unindexed && !declaration.columnsize)
    return { ok: false, reason: "nobody keeps its texts or their sizes, so its rows cannot be listed" };
  return { ok: true, declaration };
}

function textsOf(virtual: VirtualTable, { content }: FullTextDeclaration): string {
  if (content.kind === "external") return content.table;
  return content.kind === "own" ? `${virtual.name}_content` : "nothing but its index";
}

/** The content table's column that is the row's number: a column of its own, or `rowid` for the hidden one. */
export function contentKey(table: Table, rowid: string): string | null {
  const named = table.columns.find((column) => sameName(column.name, rowid));
  if (named !== undefined) return named.name;
  if (!/^(rowid|_rowid_|oid)$/i.test(rowid) || table.withoutRowid) return null;
  return table.columns.find((column) => column.isRowid)?.name ?? table.rowidName;
}

/** The triggers of the target find the row of the index by it. */
function isUnique(table: Table, key: string): boolean {
  const alone = (columns: readonly (string | null)[]): boolean =>
    columns.length === 1 && columns[0] !== null && columns[0] !== undefined && sameName(columns[0], key);
  return (
    key === table.rowidName ||
    alone(table.primaryKey ?? []) ||
    table.uniques.some(({ columns }) => alone(columns)) ||
    table.indexes.some(
      ({ unique, where, parts }) => unique && where === null && alone(parts.map((part) => part.column)),
    )
  );
}

function withHiddenRowid(table: Table, wanted: readonly string[]): Table {
  const { rowidName } = table;
  if (rowidName === null || wanted.every((rowid) => contentKey(table, rowid) !== rowidName)) return table;
  return {
    ...table,
    columns: [...table.columns, { ...rowidColumn(rowidName), hiddenRowid: true }],
    uniques: [...table.uniques, { name: null, columns: [rowidName], collations: ["BINARY"] }],
  };
}

/** An FTS4 table may take over the columns of its content table. */
export function declaredColumns(
  { tables }: Catalog,
  { columns, content }: FullTextDeclaration,
): FullTextDeclaration["columns"] {
  if (columns.length > 0 || content.kind !== "external") return columns;
  const kept = tables.find(({ name }) => sameName(name, content.table));
  return (kept?.columns ?? [])
    .filter((column) => column.hiddenRowid !== true)
    .map(({ name }) => ({ name, indexed: true }));
}

function fullTextTable(catalog: Catalog, virtual: VirtualTable, { content, columns }: FullTextDeclaration): Table {
  const own = content.kind === "own";
  const texts = columns.filter((column) => own || (keepsUnindexed(content) && !column.indexed));
  const kept =
    content.kind === "external" ? catalog.tables.find(({ name }) => sameName(name, content.table)) : undefined;
  const key = kept === undefined || content.kind !== "external" ? null : contentKey(kept, content.rowid);
  // Rowids of an index whose texts are elsewhere are those of its own bookkeeping: the content may have others by now.
  const sizes = virtual.shadowTables.find((name) => name === `${virtual.name}_docsize`);
  return {
    name: virtual.name,
    ...(own || texts.length > 0 || sizes === undefined ? {} : { relation: sizes }),
    fullText: { content: kept === undefined || key === null ? null : { table: kept.name, key } },
    sql: virtual.sql,
    columns: [{ ...rowidColumn("rowid"), isRowid: own }, ...texts.map(textColumn)],
    primaryKey: ["rowid"],
    primaryKeyCollations: ["BINARY"],
    withoutRowid: false,
    strict: false,
    autoincrement: false,
    sequence: null,
    rowidName: "rowid",
    uniques: [],
    conflictClauses: [],
    indexes: [],
    foreignKeys: [],
    checks: [],
  };
}

function keepsUnindexed(content: FullTextDeclaration["content"]): boolean {
  return content.kind === "contentless" && content.unindexed;
}

function rowidColumn(name: string): Column {
  return {
    name,
    declaredType: "INTEGER",
    affinity: "INTEGER",
    notNull: true,
    default: null,
    collation: "BINARY",
    isRowid: false,
    generated: null,
  };
}

function textColumn({ name, indexed }: { readonly name: string; readonly indexed: boolean }): Column {
  return { ...rowidColumn(name), declaredType: "", affinity: "BLOB", notNull: false, searched: indexed };
}
