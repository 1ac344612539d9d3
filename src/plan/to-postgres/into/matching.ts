/** The key that matches a table's rows with the live ones, the ids adopted by that, and the columns that hold those ids. */
import { RowhaulError } from "../../../core/messages/errors.ts";
import type { FitEdge } from "../../../core/plan/live-fit.ts";
import type { MappedColumn } from "../../../core/plan/plan.ts";
import { isUsable, type LiveUnique, matchableKeys } from "../../../core/schema/live-schema.ts";
import { sameName } from "../../../core/schema/names.ts";
import { type PlanScope, tableSettings } from "../../context.ts";
import { edgesOf } from "./dependants.ts";
import type { ColumnPair, TablePair } from "./match-tables.ts";
import { modeOf } from "./mode-of.ts";

export type Matching = {
  /** Live columns; empty where rows have no key. */
  readonly key: readonly string[];
  /** Null where {@link key} is the live primary key. */
  readonly match: readonly string[] | null;
  /** The column whose value a matched row adopts from the live one; null where the key is the id. */
  readonly id: ColumnPair | null;
  /** In the target's names. */
  readonly mapped: readonly MappedColumn[];
  /** Foreign keys point to a column whose value a matched row may have changed, and which is not adopted. */
  readonly unfollowed: boolean;
};

/** By source table. Throws PLAN_INVALID. */
export function matchingsOf(pairs: readonly TablePair[], scope: PlanScope): Map<string, Matching> {
  const keys = new Map(pairs.map((pair) => [pair, keyOf(pair, scope)] as const));
  const ids = new Map([...keys].flatMap(([pair, { id }]) => (id === null ? [] : [[pair, id] as const])));
  const holding = { pairs, edges: edgesOf(pairs), ids, scope };
  for (const pair of pairs) checkReferences(pair, holding);
  const found = new Map(
    [...keys].map(([pair, key]) => {
      const unfollowed = key.match !== null && key.id === null && isPointedTo(pair, key.match, holding);
      return [pair.table.name, { ...key, mapped: mappedOf(pair, holding), unfollowed }];
    }),
  );
  refuseCircles(pairs, found);
  return found;
}

function keyOf(pair: TablePair, scope: PlanScope): Pick<Matching, "key" | "match" | "id"> {
  const { table, live } = pair;
  const fed = (names: readonly string[]): boolean =>
    names.length > 0 &&
    names.every((name) => pair.columns.some((column) => column.live.name === name && !column.live.generated));
  const named = tableSettings(scope, table.name).key;
  const mode = modeOf(table.name, scope);
  const byId = { key: live.key, match: null, id: null };
  if (mode !== "merge" && mode !== "skip") return fed(live.key) ? byId : { key: [], match: null, id: null };
  if (named === null && fed(live.key)) return byId;
  const key = named?.map((name) => liveName(name, pair)) ?? onlyKey(pair, fed) ?? [];
  if (named !== null) refuseUnfilled(pair, key);
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

/** Rows are matched before they go in, and by all of the key: each part must come from the source. */
function refuseUnfilled({ table, live, columns }: TablePair, key: readonly string[]): void {
  const missing = key.find((name) => columns.find((column) => column.live.name === name)?.live.generated !== false);
  if (missing === undefined) return;
  throw new RowhaulError(
    "PLAN_INVALID",
    `The key of ${table.name} names ${missing}, which no column of the source fills: ${live.name} has it from elsewhere.`,
    {
      place: { table: table.name, column: missing },
      hint: `Name a key of columns that both sides have (\`tables: ${table.name}: { key: … }\`).`,
    },
  );
}

function usableKeys(uniques: readonly LiveUnique[]): string[] {
  return uniques.filter(isUsable).map(({ columns }) => columns.join(", "));
}

/** Where the server generates the primary key: the only other key that every row has. */
function onlyKey({ live }: TablePair, fed: (names: readonly string[]) => boolean): readonly string[] | null {
  const usable = matchableKeys(live).filter((one) => fed(one.columns));
  return usable.length === 1 ? (usable[0]?.columns ?? null) : null;
}

/** True when a foreign key points to the primary key although rows are matched by another key. */
function isPointedTo({ table, columns, live }: TablePair, match: readonly string[], { edges }: Holding): boolean {
  const own = columns.filter(({ live: { name } }) => live.key.includes(name) && !match.includes(name));
  return edges.some(
    ({ parent, parentColumns }) =>
      sameName(parent, table.name) &&
      own.some(({ column }) => parentColumns.some((name) => sameName(name, column.name))),
  );
}

type Holding = {
  readonly pairs: readonly TablePair[];
  readonly edges: readonly FitEdge[];
  readonly ids: ReadonlyMap<TablePair, ColumnPair>;
  readonly scope: PlanScope;
};

/** Throws PLAN_INVALID where a column would have to follow two tables at once. */
function mappedOf(pair: TablePair, holding: Holding): MappedColumn[] {
  const own = holding.ids.get(pair);
  if (own !== undefined) refuseBorrowed(pair, own, holding);
  const columns = pair.columns.filter(({ live }) => !live.generated);
  return [...(own === undefined ? [] : [own]), ...columns.filter((column) => column !== own)].flatMap((column) => {
    const [table, other] = followed(pair, column.column.name, holding, []);
    if (table === undefined) return [];
    if (other !== undefined) throw followsTwo(pair, column, [table, other]);
    return [{ column: column.live.name, table: table.live.name }];
  });
}

/** The tables whose ids stand in a column: its own, or those of whatever it points to, which may hold them of others in turn. */
function followed(pair: TablePair, column: string, holding: Holding, path: readonly string[]): readonly TablePair[] {
  const { pairs, edges, ids, scope } = holding;
  const here = `${pair.table.name}.${column}`.toLowerCase();
  if (path.includes(here)) return [];
  const next = (parent: TablePair, name: string): readonly TablePair[] =>
    followed(parent, name, holding, [...path, here]);
  const found = edges.flatMap(({ child, columns, parent, parentColumns }) => {
    const other = pairs.find(({ table }) => sameName(table.name, parent));
    if (other === undefined || !sameName(child, pair.table.name)) return [];
    return columns.flatMap((name, i) => (sameName(name, column) ? next(other, parentColumns[i] ?? "") : []));
  });
  const named = Object.entries(tableSettings(scope, pair.table.name).references).flatMap(([name, parent]) => {
    if (!sameName(name, column)) return [];
    const other = referenced(pair, name, parent, pairs);
    const [id, more] = other.columns.filter(({ live }) => other.live.key.includes(live.name));
    return id === undefined || more !== undefined ? [] : next(other, id.column.name);
  });
  const own = ids.get(pair);
  return [...new Set([...(own !== undefined && sameName(own.column.name, column) ? [pair] : []), ...found, ...named])];
}

/** An id that is also a foreign key follows the parent's: it cannot be adopted by itself. */
function refuseBorrowed({ table }: TablePair, { column }: ColumnPair, { edges }: Holding): void {
  const borrowed = edges.find(
    ({ child, parent, columns }) =>
      sameName(child, table.name) && !sameName(parent, child) && columns.some((name) => sameName(name, column.name)),
  );
  if (borrowed === undefined) return;
  throw new RowhaulError(
    "PLAN_INVALID",
    `The rows of ${table.name} cannot take over other ids: ${table.name}.${column.name} is the key of the row of ${borrowed.parent} that each belongs to.`,
    {
      place: { table: table.name, column: column.name },
      hint: `Match ${table.name} by its primary key, without \`key\`; its ids follow those of ${borrowed.parent}.`,
    },
  );
}

function followsTwo(pair: TablePair, { column }: ColumnPair, tables: readonly TablePair[]): RowhaulError {
  const names = tables.map(({ table }) => table.name).join(" and of ");
  return new RowhaulError(
    "PLAN_INVALID",
    `${pair.table.name}.${column.name} holds ids of ${names}, which may change apart from each other.`,
    {
      place: { table: pair.table.name, column: column.name },
      hint: "Match one of them by its primary key, without `key` in the pipeline file.",
    },
  );
}

function checkReferences(pair: TablePair, { pairs, scope }: Holding): void {
  for (const [column, parent] of Object.entries(tableSettings(scope, pair.table.name).references))
    refuseOtherType(pair, column, referenced(pair, column, parent, pairs));
}

/** Only ids of the same type are replaced: a text that spells an id is not one. */
function refuseOtherType({ table, columns }: TablePair, column: string, parent: TablePair): void {
  const own = columns.find((one) => sameName(one.column.name, column))?.live.type;
  const [id, more] = parent.live.columns.filter(({ name }) => parent.live.key.includes(name));
  if (own === undefined || id === undefined || more !== undefined) return;
  if (own.base === id.type.base || (own.kind === "integer" && id.type.kind === "integer")) return;
  throw new RowhaulError(
    "PLAN_INVALID",
    `The references of ${table.name} cannot be followed: ${column} is ${own.written} in the target, and ${parent.live.name}.${id.name} is ${id.type.written}.`,
    {
      place: { table: table.name, column },
      hint: "Give both one type in the target, or change these ids by a transform.",
    },
  );
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

/** A row's match key must be known before its id: the key must not contain ids that depend on it. */
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
