/**
 * How the schemas differ, in terms that do not depend on the SQL dialect.
 * A unique index and a UNIQUE constraint are the same promise; expressions of
 * two dialects are compared only where a translation is plain.
 */

import { mentionsWord } from "../core/messages/says.ts";
import type { Catalog, Column, ForeignKey, IndexPart, Table, Trigger } from "../core/schema/catalog.ts";
import { foldName, sameName } from "../core/schema/names.ts";
import type { SchemaDifference } from "./comparison.ts";
import { decimalOf, decimalToken } from "./decimal.ts";
import { pairNames } from "./pair-names.ts";
import { searchColumns } from "./search-columns.ts";
import { typeName } from "./type-name.ts";

/** Of two tables that were matched. `exact`: how a type is written counts too. */
export function tableSchema(
  a: Table,
  b: Table,
  sameDialect: boolean,
  mode: "exact" | "in meaning",
): SchemaDifference[] {
  const table = a.name;
  const one = (what: string, inA: string | null, inB: string | null): SchemaDifference[] =>
    inA === inB ? [] : [{ table, what, a: inA, b: inB }];
  const all = (what: string, inA: readonly string[], inB: readonly string[]): SchemaDifference[] => [
    ...without(inA, inB).map((text) => ({ table, what, a: text, b: null })),
    ...without(inB, inA).map((text) => ({ table, what, a: null, b: text })),
  ];
  const expression = (text: string): string => (sameDialect ? squeezed(text) : plainExpression(text));
  return [
    ...one("name", a.name, b.name),
    ...one("primary key", keyOf(a), keyOf(b)),
    ...pairNames(a.columns, b.columns).pairs.flatMap(([columnA, columnB]) => [
      ...one("name", columnA.name, columnB.name),
      ...(mode === "exact" ? one("type", typed(columnA), typed(columnB)) : []),
      ...one("not null", notNull(a, columnA), notNull(b, columnB)),
      ...one("default", defaultOf(columnA, expression), defaultOf(columnB, expression)),
      ...one("generated", generatedOf(columnA, sameDialect), generatedOf(columnB, sameDialect)),
    ]),
    ...generatedOnly(table, a, b),
    ...all("unique", uniquesOf(a), uniquesOf(b)),
    ...all("foreign key", a.foreignKeys.map(referenceOf), b.foreignKeys.map(referenceOf)),
    ...all("index", indexesOf(a, sameDialect, madeForSearch(a, b)), indexesOf(b, sameDialect, madeForSearch(b, a))),
    ...(sameDialect
      ? all(
          "check",
          a.checks.map((check) => squeezed(check.expression)),
          b.checks.map((check) => squeezed(check.expression)),
        )
      : checkCounts(table, a, b)),
  ];
}

/** What stands beside the tables. `wanted` asks for the table a trigger belongs to. */
export function storeSchema(a: Catalog, b: Catalog, wanted: (table: string) => boolean): SchemaDifference[] {
  const triggers = (catalog: Catalog, other: Catalog) => {
    const kept = keepingSearch(catalog, other);
    return catalog.triggers.filter((trigger) => wanted(trigger.table) && !kept.has(trigger));
  };
  // One that both sides have as a table was compared as such.
  const both = pairNames(a.tables, b.tables).pairs.flatMap(([inA, inB]) => [inA.name, inB.name]);
  const virtual = (catalog: Catalog) =>
    catalog.virtualTables.filter(({ name }) => wanted(name) && !both.includes(name));
  return [
    ...byName("view", a.views, b.views),
    ...byName("trigger", triggers(a, b), triggers(b, a)),
    ...byName("virtual table", virtual(a), virtual(b)),
  ];
}

/**
 * Triggers that keep a full-text table in sync, which SQLite and PostgreSQL each do in their own way: those that write to
 * one of SQLite's where PostgreSQL has its own on the same table, and those.
 */
function keepingSearch(catalog: Catalog, other: Catalog): ReadonlySet<Trigger> {
  const searched = pairNames(catalog.tables, other.tables).pairs.filter(
    ([one, another]) => (one.fullText === undefined) !== (another.fullText === undefined),
  );
  const own = ({ triggers }: Catalog) => triggers.filter(({ name }) => /^fts5_/.test(name));
  if (searched.length === 0) return new Set();
  if (own(catalog).length > 0) return new Set(own(catalog));
  const names = searched.map(([{ name }]) => name);
  return new Set(
    catalog.triggers.filter(
      ({ table, sql }) =>
        own(other).some((trigger) => sameName(trigger.table, table)) && names.some((name) => mentionsWord(sql, name)),
    ),
  );
}

function byName(what: string, a: readonly { name: string }[], b: readonly { name: string }[]): SchemaDifference[] {
  const { onlyA, onlyB } = pairNames(a, b);
  return [
    ...onlyA.map(({ name }) => ({ table: name, what, a: name, b: null })),
    ...onlyB.map(({ name }) => ({ table: name, what, a: null, b: name })),
  ];
}

function without(texts: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return texts.filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function list(columns: readonly string[]): string {
  return columns.map(foldName).join(", ");
}

function keyOf(table: Table): string | null {
  return table.primaryKey === null ? null : `(${list(table.primaryKey)})`;
}

function typed(column: Column): string {
  return `${foldName(column.name)} ${typeName(column).toUpperCase()}`;
}

/** In PostgreSQL every key column is NOT NULL, in SQLite only those declared so. */
function notNull(table: Table, column: Column): string | null {
  const keyed = table.primaryKey?.some((name) => sameName(name, column.name)) === true;
  return column.notNull && !keyed ? foldName(column.name) : null;
}

/** An identity is how PostgreSQL writes what INTEGER PRIMARY KEY does anyway. */
function defaultOf(column: Column, expression: (text: string) => string): string | null {
  // DEFAULT NULL is what every column without one has.
  if (column.default === null || /^(nextval\(|\(?NULL\)?(::|$))/i.test(column.default.trim())) return null;
  return `${foldName(column.name)} ${expression(column.default)}`;
}

function generatedOf(column: Column, sameDialect: boolean): string | null {
  if (column.generated === null) return null;
  return `${foldName(column.name)}${sameDialect ? ` ${squeezed(column.generated.expression)}` : ""}`;
}

function generatedOnly(table: string, a: Table, b: Table): SchemaDifference[] {
  const { onlyA, onlyB } = pairNames(a.columns, b.columns);
  const named = (columns: readonly Column[]): string[] =>
    columns.filter((column) => column.generated !== null).map((column) => column.name);
  return [
    ...named(onlyA).map((name) => ({ table, what: "generated", a: name, b: null })),
    ...named(onlyB).map((name) => ({ table, what: "generated", a: null, b: name })),
  ];
}

function uniquesOf(table: Table): string[] {
  const constraints = table.uniques.map((unique) => unique.columns);
  const indexes = table.indexes
    .filter((index) => index.unique && index.where === null)
    .flatMap((index) => {
      const columns = index.parts.flatMap((part) => (part.column === null ? [] : [part.column]));
      return columns.length === index.parts.length ? [columns] : [];
    });
  return [...new Set([...constraints, ...indexes].map((columns) => `(${list(columns)})`))];
}

function referenceOf(key: ForeignKey): string {
  const actions = [
    ...(key.onUpdate === "NO ACTION" ? [] : [` ON UPDATE ${key.onUpdate}`]),
    ...(key.onDelete === "NO ACTION" ? [] : [` ON DELETE ${key.onDelete}`]),
    ...(key.deferrable === "no" ? [] : [` DEFERRABLE ${key.deferrable.toUpperCase()}`]),
  ];
  return `(${list(key.columns)}) → ${foldName(key.parent)} (${list(key.parentColumns)})${actions.join("")}`;
}

/** Columns that only one side has, for what the other keeps in its full-text index. */
function madeForSearch(table: Table, other: Table): ReadonlySet<string> {
  const { onlyA } = pairNames(table.columns, other.columns);
  return new Set(searchColumns(table, other, onlyA).map(({ name }) => name));
}

/** Without those that say no more than {@link uniquesOf}; by what they index, for names are the store's own. */
function indexesOf(table: Table, sameDialect: boolean, made: ReadonlySet<string>): string[] {
  const expression = sameDialect ? squeezed : plainExpression;
  return table.indexes.flatMap((index) => {
    if (index.parts.every((part) => part.column !== null && made.has(part.column))) return [];
    if (index.unique && index.where === null && index.parts.every((part) => part.column !== null)) return [];
    const parts = index.parts.map(
      (part) =>
        `${part.column === null ? expression(part.expression ?? "") : indexedColumn(part, sameDialect)}${part.descending ? " DESC" : ""}`,
    );
    const where = index.where === null ? "" : ` WHERE ${expression(index.where)}`;
    return [`${index.unique ? "unique " : ""}(${parts.join(", ")})${where}`];
  });
}

/** PostgreSQL has no NOCASE; the index that answers the same is over lower(). */
function indexedColumn({ column, collation }: IndexPart, sameDialect: boolean): string {
  const name = foldName(column ?? "");
  return !sameDialect && /^nocase$/i.test(collation) ? `lower(${name})` : name;
}

/** What a type lets in may stand as a check in a store without that type, and need not. */
function checkCounts(table: string, a: Table, b: Table): SchemaDifference[] {
  const own = (of: Table) => of.checks.filter(({ ofType }) => ofType !== true);
  if (own(a).length <= b.checks.length && own(b).length <= a.checks.length) return [];
  return [{ table, what: "check", a: countOf(own(a)), b: countOf(own(b)) }];
}

function countOf(items: readonly unknown[]): string | null {
  return items.length === 0 ? null : String(items.length);
}

function squeezed(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}

const currentTimestamp = (() => {
  const now = String.raw`(now|statement_timestamp)\(\)`;
  const utc = String.raw`(timezone\('utc', ?${now}\)|\(?${now} at time zone 'utc'\)?)`;
  return new RegExp(
    String.raw`^(date_trunc\('second', ?(${utc}|${now})\)|to_char\(${utc}, ?'YYYY-MM-DD HH24:MI:SS'\))$`,
    "i",
  );
})();

/** Without casts, quotes of names, parentheses around the whole and booleans in words: `'x'::text` and `'x'`, `(1)` and `true`. */
function plainExpression(text: string): string {
  let plain = squeezed(text).replace(/::[a-z_]+( [a-z_]+)*(\(\d+(,\s*\d+)?\))?(\[\])*/gi, "");
  while (/^\([^()]*\)$/.test(plain)) plain = plain.slice(1, -1).trim();
  if (/^true$/i.test(plain)) return "1";
  if (/^false$/i.test(plain)) return "0";
  // What CURRENT_TIMESTAMP of SQLite is in PostgreSQL: whole seconds of UTC.
  if (currentTimestamp.test(plain)) return "current_timestamp";
  const number = /^'?(-?\d+(?:\.\d+)?)'?$/.exec(plain)?.[1];
  if (number !== undefined) return decimalToken(decimalOf(number)).slice(1);
  if (plain.includes("'")) return plain;
  return plain
    .replace(/"/g, "")
    .toLowerCase()
    .replace(/\btrue\b/g, "1")
    .replace(/\bfalse\b/g, "0")
    .replace(/\blower\(\(?(\w+) collate c\)?\)/g, "lower($1)");
}
