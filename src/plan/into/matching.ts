/** By which key a table's rows are the live table's, whose ids are taken over by that, and which columns hold those ids. */
import { RowhaulError } from "../../core/errors.ts";
import type { LiveUnique } from "../../core/live-schema.ts";
import { sameName } from "../../core/names.ts";
import type { MappedColumn } from "../../core/plan.ts";
import type { Settings } from "../../core/settings.ts";
import { tableSettings } from "../context.ts";
import { edgesOf } from "./dependants.ts";
import type { ColumnPair, TablePair } from "./match-tables.ts";
import { modeOf } from "./mode-of.ts";

export type Matching = {
  /** Live columns; empty where nothing tells rows apart. */
  readonly key: readonly string[];
  /** Null where {@link key} is the live primary key. */
  readonly match: readonly string[] | null;
  /** The column whose value a matched row takes over from the live one; null where the key says it all. */
  readonly id: ColumnPair | null;
  /** In the target's names. */
  readonly mapped: readonly MappedColumn[];
};

/** By source table. Throws PLAN_INVALID. */
export function matchingsOf(pairs: readonly TablePair[], settings: Settings): Map<string, Matching> {
  const keys = new Map(pairs.map((pair) => [pair, keyOf(pair, settings)] as const));
  const ids = new Map([...keys].flatMap(([pair, { id }]) => (id === null ? [] : [[pair, id] as const])));
  const found = new Map(
    [...keys].map(([pair, key]) => [pair.table.name, { ...key, mapped: mappedOf(pair, pairs, ids, settings) }]),
  );
  refuseCircles(pairs, found);
  return found;
}

function keyOf(pair: TablePair, settings: Settings): Omit<Matching, "mapped"> {
  const { table, live } = pair;
  const fed = (names: readonly string[]): boolean =>
    names.length > 0 && names.every((name) => pair.columns.some((column) => column.live.name === name));
  const named = tableSettings(settings, table.name).key;
  const mode = modeOf(table.name, settings);
  const byId = { key: live.key, match: null, id: null };
  if (mode !== "merge" && mode !== "skip") return fed(live.key) ? byId : { key: [], match: null, id: null };
  if (named === null && fed(live.key)) return byId;
  const key = named?.map((name) => liveName(name, pair)) ?? onlyKey(pair, fed) ?? [];
  if (key.length === 0 || sameSet(key, live.key)) return { key, match: null, id: null };
  const [first, second] = live.key;
  const id = pair.columns.find(({ live: { name } }) => name === first && second === undefined && !key.includes(name));
  return { key, match: key, id: id ?? null };
}

/** A key is named as in the source; as in the target where only that has such a column. */
function liveName(name: string, { table, columns, live }: TablePair): string {
  const own = columns.find(({ column }) => sameName(column.name, name));
  if (own !== undefined) return own.live.name;
  if (live.columns.some((column) => column.name === name)) return name;
  throw new RowhaulError(
    "PLAN_INVALID",
    `The key of ${table.name} names ${name}, and neither side has such a column.`,
    {
      place: { table: table.name, column: name },
      details: usableKeys(live.uniques).map((key) => `${live.name} has the unique key (${key})`),
      hint: `Correct \`tables: ${table.name}: { key: … }\` in the pipeline file.`,
    },
  );
}

function usableKeys(uniques: readonly LiveUnique[]): string[] {
  return uniques.filter(isUsable).map(({ columns }) => columns.join(", "));
}

export function isUsable({ columns, deferrable, partial }: LiveUnique): boolean {
  return columns.length > 0 && !deferrable && !partial;
}

/** Where the primary key is the server's to give: the one other key that every row has. */
function onlyKey({ live }: TablePair, fed: (names: readonly string[]) => boolean): readonly string[] | null {
  const notNull = (name: string): boolean => live.columns.find((column) => column.name === name)?.notNull === true;
  const usable = live.uniques.filter((one) => isUsable(one) && one.columns.every(notNull) && fed(one.columns));
  return usable.length === 1 ? (usable[0]?.columns ?? null) : null;
}

function mappedOf(
  pair: TablePair,
  pairs: readonly TablePair[],
  ids: ReadonlyMap<TablePair, ColumnPair>,
  settings: Settings,
): MappedColumn[] {
  const own = ids.get(pair);
  const found: MappedColumn[] = own === undefined ? [] : [{ column: own.live.name, table: pair.live.name }];
  const add = (source: string, parent: TablePair): void => {
    const column = pair.columns.find((one) => sameName(one.column.name, source));
    if (column === undefined || column.live.generated || found.some((one) => one.column === column.live.name)) return;
    found.push({ column: column.live.name, table: parent.live.name });
  };
  for (const { child, columns, parent, parentColumns } of edgesOf(pairs)) {
    const other = pairs.find(({ table }) => sameName(table.name, parent));
    const id = other === undefined ? undefined : ids.get(other);
    if (!sameName(child, pair.table.name) || other === undefined || id === undefined) continue;
    for (const [i, column] of columns.entries())
      if (sameName(parentColumns[i] ?? "", id.column.name)) add(column, other);
  }
  for (const [column, parent] of Object.entries(tableSettings(settings, pair.table.name).references)) {
    const other = referenced(pair, column, parent, pairs);
    if (ids.has(other)) add(column, other);
  }
  return found;
}

function referenced(pair: TablePair, column: string, parent: string, pairs: readonly TablePair[]): TablePair {
  const other = pairs.find(({ table, live }) => sameName(table.name, parent) || live.name === parent);
  const missing = !pair.columns.some((one) => sameName(one.column.name, column));
  if (other !== undefined && !missing) return other;
  const what = missing ? `${pair.table.name} has no column ${column}` : `no table ${parent} is moved`;
  throw new RowhaulError("PLAN_INVALID", `The references of ${pair.table.name} cannot be followed: ${what}.`, {
    place: { table: pair.table.name, column },
    hint: `Correct \`tables: ${pair.table.name}: { references: … }\` in the pipeline file.`,
  });
}

/** What a row is matched by must be known before its id is: no key may hold ids that wait for it. */
function refuseCircles(pairs: readonly TablePair[], matchings: ReadonlyMap<string, Matching>): void {
  const byTarget = new Map(pairs.map(({ table, live }) => [live.name, matchings.get(table.name)]));
  const visit = (name: string, path: readonly string[]): void => {
    const matching = byTarget.get(name);
    if (matching === undefined || matching.id === null) return;
    if (path.includes(name)) {
      throw new RowhaulError(
        "PLAN_INVALID",
        `The rows of ${name} cannot be matched by (${matching.key.join(", ")}): that holds ids which are known only once they are matched (${[...path.slice(path.indexOf(name)), name].join(" → ")}).`,
        { place: { table: name }, hint: "Name a key without such ids, or match by the primary key." },
      );
    }
    for (const { column, table } of matching.mapped) if (matching.key.includes(column)) visit(table, [...path, name]);
  };
  for (const { live } of pairs) visit(live.name, []);
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}

/** Null where the live table has the column under another source name, or not from the source at all. */
export function sourceOf({ columns }: TablePair, target: string): string | null {
  return columns.find(({ live }) => live.name === target)?.column.name ?? null;
}
