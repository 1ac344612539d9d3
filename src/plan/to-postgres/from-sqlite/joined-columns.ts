/**
 * Columns that foreign keys join, directly or by way of others, and that would become different types: PostgreSQL wants
 * one for both ends, while SQLite compares by the parent's affinity. One that carries every value of all of them exactly,
 * and finds the same rows equal, is taken for all.
 */
import type { ColumnProfile } from "../../../core/plan/profile.ts";
import type { Column, Table } from "../../../core/schema/catalog.ts";
import { foldName, sameName } from "../../../core/schema/names.ts";
import type { Encoding } from "../../../core/values/encoding.ts";
import { byName, type PlanInput, tableSettings } from "../../context.ts";
import type { Choice } from "../column-draft.ts";
import { exactEncoding, integerEncoding, presentClasses } from "./column-encoding.ts";

export function joinedKey(table: string, column: string): string {
  return `${foldName(table)}\0${foldName(column)}`;
}

/** By {@link joinedKey}, what becomes another type than by itself. `typeOf`: the PostgreSQL type of an encoding. */
export function joinedColumns(
  tables: readonly Table[],
  input: PlanInput,
  typeOf: (encoding: Encoding) => string,
): ReadonlyMap<string, Choice> {
  const joined = new Map<string, Choice>();
  for (const group of groupsOf(tables, input)) {
    if (new Set(group.columns.map(({ own }) => typeOf(own.encoding))).size < 2) continue;
    const encodings = commonEncoding(group);
    if (encodings === null) continue;
    for (const [i, end] of group.columns.entries()) {
      const encoding = encodings[i] as Encoding;
      if (typeOf(encoding) === typeOf(end.own.encoding)) continue;
      const others = group.columns.filter((other) => other !== end).map(shown);
      const more = others.length > 3 ? ` and ${others.length - 3} more` : "";
      joined.set(joinedKey(end.table.name, end.column.name), {
        encoding,
        reason: `foreign keys join it to ${others.slice(0, 3).join(", ")}${more}, and both ends need one type: ${typeOf(encoding)} carries every value of them`,
        note: "JOINED_TYPE",
      });
    }
  }
  return joined;
}

type End = {
  readonly table: Table;
  readonly column: Column;
  readonly profile: ColumnProfile;
  /** What it would become by itself. */
  readonly own: Choice;
};

type Group = { readonly columns: readonly End[]; readonly edges: readonly { child: End; parent: End }[] };

function shown({ table, column }: End): string {
  return `${table.name}.${column.name}`;
}

/** Groups with a column whose type the pipeline sets, or that is computed, are the user's own decision. */
function groupsOf(tables: readonly Table[], input: PlanInput): Group[] {
  const ends = new Map<string, End>();
  const group = new Map<End, End[]>();
  const edges: { child: End; parent: End }[] = [];
  const known = new Map(tables.map((table) => [foldName(table.name), table]));
  const fixed = new Set<End>();
  const endOf = (table: Table, name: string): End | null => {
    const column = table.columns.find((one) => sameName(one.name, name));
    const profile = column === undefined ? undefined : input.profile.tables[table.name]?.columns[column.name];
    if (column === undefined || profile === undefined) return null;
    const key = joinedKey(table.name, column.name);
    const found = ends.get(key);
    if (found !== undefined) return found;
    const integers = column.isRowid ? "bigint" : input.settings.integers;
    const end: End = { table, column, profile, own: exactEncoding(column, profile, integers) };
    ends.set(key, end);
    group.set(end, [end]);
    const set = byName(tableSettings(input, table.name).columns, column.name);
    if (column.generated !== null || (set !== undefined && (set.type !== null || set.epoch !== null))) fixed.add(end);
    return end;
  };
  for (const table of tables) {
    for (const key of table.foreignKeys) {
      const parent = known.get(foldName(key.parent));
      for (const [i, name] of key.columns.entries()) {
        const child = endOf(table, name);
        const other = parent === undefined ? null : endOf(parent, key.parentColumns[i] ?? "");
        if (child === null || other === null) continue;
        edges.push({ child, parent: other });
        const [a, b] = [group.get(child) ?? [], group.get(other) ?? []];
        if (a === b) continue;
        const [large, small] = a.length < b.length ? [b, a] : [a, b];
        for (const end of small) {
          large.push(end);
          group.set(end, large);
        }
      }
    }
  }
  return [...new Set(group.values())]
    .filter((columns) => columns.length > 1 && !columns.some((end) => fixed.has(end)))
    .map((columns) => ({ columns, edges: edges.filter(({ child }) => group.get(child) === columns) }));
}

/** One for each column, all of one type; null where no type will do. */
function commonEncoding(group: Group): Encoding[] | null {
  const { columns } = group;
  const classes = new Set(columns.flatMap(({ profile }) => presentClasses(profile)));
  if (classes.size === 0) return empty(group);
  if (classes.has("blob")) return null;
  // Only integers count by themselves.
  const counts = columns.some(({ column }) => column.isRowid);
  if (!classes.has("text") && !classes.has("real")) return columns.map(() => allIntegers(columns));
  if (counts) return null;
  if (!classes.has("text")) {
    const odd = columns.some(
      ({ profile }) => (profile.reals?.negativeZero ?? 0) > 0 || (profile.reals?.infinite ?? 0) > 0,
    );
    return odd ? null : columns.map(() => ({ kind: "numeric" }));
  }
  if (classes.size === 1) return columns.map(() => ({ kind: "text" }));
  return classes.has("real") ? null : asTexts(group);
}

/** As the column says that others point to: it is the one that will have values first. */
function empty({ columns, edges }: Group): Encoding[] {
  const root = columns.find((end) => !edges.some(({ child, parent }) => child === end && parent !== end));
  const { encoding } = (columns.find(({ column }) => column.isRowid) ?? root ?? (columns[0] as End)).own;
  return columns.map(() => encoding);
}

function allIntegers(columns: readonly End[]): Encoding {
  const all = columns.flatMap(({ profile }) => (profile.integers === null ? [] : [profile.integers]));
  const [min, max] = [all.map(({ min }) => BigInt(min)), all.map(({ max }) => BigInt(max))];
  const integers = {
    min: String(smallest(min)),
    max: String(-smallest(max.map((value) => -value))),
  };
  return integerEncoding({ ...(columns[0] as End).profile, integers }, "bigint");
}

/**
 * Integers as their digits. SQLite gives the child's value the parent's affinity: a child's 5 meets the parent's '5' as it
 * does here, but a child's '05' also meets the parent's 5.
 */
function asTexts({ columns, edges }: Group): Encoding[] | null {
  const has = ({ profile }: End, storage: "text" | "integer"): boolean => profile.counts[storage] > 0;
  const numbers = ({ column }: End): boolean => ["INTEGER", "REAL", "NUMERIC"].includes(column.affinity);
  if (columns.some((end) => has(end, "integer") && !numbers(end))) return null;
  if (edges.some(({ child, parent }) => has(child, "text") && !numbers(child) && has(parent, "integer"))) return null;
  return columns.map((end) => (has(end, "integer") ? { kind: "rendered" } : { kind: "text" }));
}

function smallest(values: readonly bigint[]): bigint {
  let [least = 0n] = values;
  for (const value of values) if (value < least) least = value;
  return least;
}
