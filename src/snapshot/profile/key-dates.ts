/**
 * Dates in keys: whether their instants are as distinct as their texts. A foreign key ties the columns at
 * its ends together, for what is apart in the source must stay apart in both.
 */

import type { ColumnProfile, TableProfile } from "../../core/plan/profile.ts";
import type { ProfileRequest } from "../../core/ports.ts";
import { quoteName } from "../../core/quote.ts";
import type { Column, Table } from "../../core/schema/catalog.ts";
import type { DeclaredKind } from "../../core/schema/declared-type.ts";
import { isKeyed } from "../../core/schema/key-columns.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import { commonLayout, instantText } from "../../core/values/date-layout.ts";
import { type Sqlite, selected } from "../../sqlite/open.ts";

type Place = { readonly table: string; readonly column: string };
type KindOf = (request: ProfileRequest, column: Column) => DeclaredKind;

/** Puts into the profile of each date column of a key what the columns tied to it have in common. */
export function addKeyDates(
  db: Sqlite,
  tables: Readonly<Record<string, TableProfile>>,
  requests: readonly ProfileRequest[],
  kindOf: KindOf,
): void {
  for (const group of tiedColumns(requests, kindOf)) {
    const found = keyDates(db, group, tables, requests, kindOf);
    for (const { table, column } of group) {
      // Set where it is: a copy of the record would lose a name such as __proto__.
      const columns: Record<string, ColumnProfile> | undefined = tables[table]?.columns;
      const own = columns?.[column];
      if (columns !== undefined && own !== undefined) columns[column] = { ...own, keyDates: found };
    }
  }
}

function keyDates(
  db: Sqlite,
  group: readonly Place[],
  tables: Readonly<Record<string, TableProfile>>,
  requests: readonly ProfileRequest[],
  kindOf: KindOf,
): NonNullable<ColumnProfile["keyDates"]> {
  const none = { layout: null, alike: [] };
  const layouts = new Set<string>();
  for (const { table, column } of group) {
    const request = requests.find((one) => one.table.name === table);
    const described = request?.table.columns.find(({ name }) => name === column);
    const profile = tables[table]?.columns[column];
    if (request === undefined || described === undefined || profile === undefined) return none;
    const { integer, real, blob, text } = profile.counts;
    const dates = profile.layouts.every(({ layout }) => layout.startsWith("YYYY"));
    if (kindOf(request, described) !== "date" || integer + real + blob > 0 || (text > 0 && !dates)) return none;
    for (const { layout } of profile.layouts) layouts.add(layout);
  }
  const layout = commonLayout([...layouts]);
  if (layout === null || layouts.size === 1) return { layout, alike: [] };
  return { layout, alike: alikeTexts(db, group, requests) };
}

/** Two texts that name one instant; empty where there are none. */
function alikeTexts(db: Sqlite, group: readonly Place[], requests: readonly ProfileRequest[]): string[] {
  db.function("rowhaul_instant_text", { deterministic: true }, (text) => instantText(String(text)));
  const texts = group.map(({ table, column }) => {
    const where = requests.find((one) => one.table.name === table)?.where ?? null;
    return `SELECT ${quoteName(column)} COLLATE BINARY AS text FROM ${selected(table, where, [column])} WHERE typeof(${quoteName(column)}) = 'text'`;
  });
  const found = db
    .prepare(
      `SELECT min(text) AS one, max(text) AS other FROM (${texts.join(" UNION ")}) GROUP BY rowhaul_instant_text(text) HAVING count(*) > 1 LIMIT 1`,
    )
    .raw(true)
    .get() as [string, string] | undefined;
  return found ?? [];
}

/** Each date column of a key, with those that foreign keys tie to it. */
function tiedColumns(requests: readonly ProfileRequest[], kindOf: KindOf): Place[][] {
  const groups = new Map<string, Place[]>();
  const idOf = ({ table, column }: Place): string => JSON.stringify([foldName(table), foldName(column)]);
  const groupOf = (place: Place): Place[] => {
    const known = groups.get(idOf(place)) ?? [place];
    groups.set(idOf(place), known);
    return known;
  };
  for (const { table } of requests)
    for (const column of table.columns) if (isKeyed(table, column)) groupOf({ table: table.name, column: column.name });
  for (const { table } of requests) {
    for (const key of table.foreignKeys) {
      const parent = requests.find((one) => sameName(one.table.name, key.parent))?.table;
      for (const [i, name] of key.columns.entries()) {
        const child = columnOf(table, name);
        const other = parent === undefined ? undefined : columnOf(parent, key.parentColumns[i] ?? "");
        if (child === undefined || parent === undefined || other === undefined) continue;
        const one = groupOf({ table: table.name, column: child.name });
        const two = groupOf({ table: parent.name, column: other.name });
        if (one === two) continue;
        one.push(...two);
        for (const place of two) groups.set(idOf(place), one);
      }
    }
  }
  const hasDates = (group: readonly Place[]): boolean =>
    group.some(({ table, column }) => {
      const request = requests.find((one) => one.table.name === table);
      const described = request?.table.columns.find(({ name }) => name === column);
      return request !== undefined && described !== undefined && kindOf(request, described) === "date";
    });
  return [...new Set(groups.values())].filter(hasDates);
}

function columnOf(table: Table, name: string): Column | undefined {
  return table.columns.find((column) => sameName(column.name, name));
}
