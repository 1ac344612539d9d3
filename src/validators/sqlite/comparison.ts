/**
 * The statements that find what differs in one table. Rows are matched by rowid, else by key, else counted as a
 * multiset. `+` takes a column's affinity away, so that SQLite compares what is stored and not what it would make of it.
 */

import type { ColumnPlan, TablePlan } from "../../core/plan/plan.ts";
import { quoteName } from "../quote.ts";
import { expectedRows } from "./expected.ts";
import { type Both, hasTable, selected } from "./input.ts";

export type Comparison = {
  /** Each yields one row a difference: key, then for `both` the cells of either side in turn, as `typeof` and value. */
  readonly statements: readonly { readonly sql: string; readonly message: string; readonly side: "both" | "one" }[];
  /** Columns of the key at the start of each row. */
  readonly keys: number;
  readonly key: (row: readonly unknown[]) => string | null;
  readonly columns: readonly ColumnPlan[];
  /** Rows that were to arrive. */
  readonly count: string;
};

const missing = "The row is not in the target.";
const surplus = "The target has a row that the source does not have.";
const differs = "The row is not the same.";

/** `contains`: the table may hold other rows as well; `alone`: those must be as they were. */
export function comparisonOf(db: Both, table: TablePlan, contains: boolean, alone: boolean): Comparison {
  const made = expectedRows(db, table, rowidOf(db, "main", table.source));
  const count = `SELECT count(*) FROM ${made ?? selected(table)}`;
  const source = made ?? `(SELECT ${rowidSelect(db, "main", table.source)}* FROM ${selected(table)})`;
  const target = `(SELECT ${rowidSelect(db, "target", table.target)}* FROM target.${quoteName(table.target)})`;
  const rowids =
    rowidOf(db, "main", table.source) !== null &&
    rowidOf(db, "target", table.target) !== null &&
    isSameNumber(db, table) &&
    // Row by row they are numbered anew.
    made === null &&
    !contains;
  const pairs = rowids ? [rowidPair] : keyPairs(db, table);
  if (pairs === null) {
    const before = contains && hasTable(db, "before", table.target) ? `before.${quoteName(table.target)}` : null;
    return multiset(table, source, target, before, count);
  }
  const keys = pairs.map((pair) => `s.${pair.source}`);
  // In a skip, rows that were there stay as they are.
  const skips = table.into === "skip" && hasTable(db, "before", table.target);
  const there = pairs.map((pair) => `b.${pair.target} IS s.${pair.source}`).join(" AND ");
  const arrives = skips ? ` AND NOT EXISTS (SELECT 1 FROM before.${quoteName(table.target)} AS b WHERE ${there})` : "";
  const match = pairs.map((pair) => `t.${pair.target} IS s.${pair.source}${pair.exact}`).join(" AND ");
  const same = table.columns.map((column) => sameCell(column)).join(" AND ");
  const cells = table.columns.flatMap((column) => [expected(column), `t.${quoteName(column.target)}`]);
  const first = pairs[0] as Pair;
  const statements: Comparison["statements"][number][] = [
    {
      sql: `SELECT ${keys.join(", ")} FROM ${source} AS s WHERE NOT EXISTS (SELECT 1 FROM ${target} AS t WHERE ${match})`,
      message: missing,
      side: "one",
    },
    {
      sql: `SELECT ${[...keys, ...cells].join(", ")} FROM ${source} AS s JOIN ${target} AS t ON ${match} WHERE NOT (${same === "" ? "1" : same})${arrives}`,
      message: differs,
      side: "both",
    },
  ];
  if (contains && alone) statements.push(...untouched(db, table, pairs, source));
  if (!contains)
    statements.push({
      sql: `SELECT ${pairs.map((pair) => `t.${pair.target}`).join(", ")} FROM ${target} AS t WHERE NOT EXISTS (SELECT 1 FROM ${source} AS s WHERE ${match})`,
      message: surplus,
      side: "one",
    });
  const name = first === rowidPair ? ["rowid"] : pairs.map((pair) => pair.name);
  return {
    statements,
    keys: keys.length,
    key: (row) => name.map((one, i) => `${one}=${String(row[i])}`).join(", "),
    columns: table.columns,
    count,
  };
}

/** Rows that were there, and that no row of the source takes the place of. */
function untouched(
  db: Both,
  table: TablePlan,
  pairs: readonly Pair[],
  source: string,
): Comparison["statements"][number][] {
  if (!hasTable(db, "before", table.target)) return [];
  const columns = db.prepare("SELECT name FROM pragma_table_xinfo(?, 'before')").pluck().all(table.target) as string[];
  const same = columns.map(
    (name) =>
      `typeof(t.${quoteName(name)}) = typeof(b.${quoteName(name)}) AND t.${quoteName(name)} IS b.${quoteName(name)} COLLATE BINARY`,
  );
  const found = pairs.map((pair) => `t.${pair.target} IS b.${pair.target}`);
  const replaced = pairs.map((pair) => `s.${pair.source} IS b.${pair.target}`).join(" AND ");
  const own = table.into === "merge" ? ` AND NOT EXISTS (SELECT 1 FROM ${source} AS s WHERE ${replaced})` : "";
  return [
    {
      sql: `SELECT ${pairs.map((pair) => `b.${pair.target}`).join(", ")} FROM before.${quoteName(table.target)} AS b WHERE NOT EXISTS (SELECT 1 FROM target.${quoteName(table.target)} AS t WHERE ${[...found, ...same].join(" AND ")})${own}`,
      message: "A row that was there is not as it was.",
      side: "one",
    },
  ];
}

type Pair = { readonly name: string; readonly source: string; readonly target: string; readonly exact: string };

const rowidPair: Pair = { name: "rowid", source: '"proof rowid"', target: '"proof rowid"', exact: "" };

function rowidSelect(db: Both, schema: "main" | "target", table: string): string {
  const name = rowidOf(db, schema, table);
  return name === null ? "" : `${name} AS "proof rowid", `;
}

function rowidOf(db: Both, schema: "main" | "target", table: string): string | null {
  const listed = db
    .prepare("SELECT wr FROM pragma_table_list WHERE schema = ? AND name = ? COLLATE NOCASE")
    .get(schema, table) as { wr: bigint } | undefined;
  if (listed === undefined || listed.wr === 1n) return null;
  const names = db.prepare("SELECT lower(name) FROM pragma_table_xinfo(?, ?)").pluck().all(table, schema);
  return ["rowid", "_rowid_", "oid"].find((name) => !names.includes(name)) ?? null;
}

/** Not where the target's rowid is its key's value, and the source's only the row's position. */
function isSameNumber(db: Both, table: TablePlan): boolean {
  const alias = aliasOf(db, "target", table.target);
  if (alias === null) return true;
  const column = table.columns.find(({ target }) => target.toLowerCase() === alias.toLowerCase());
  return column !== undefined && aliasOf(db, "main", table.source)?.toLowerCase() === column.source.toLowerCase();
}

/** The column that is the rowid itself: the key of a table that has no index for it. */
function aliasOf(db: Both, schema: "main" | "target", table: string): string | null {
  const key = db.prepare("SELECT name FROM pragma_table_info(?, ?) WHERE pk > 0").pluck().all(table, schema);
  const index = db.prepare("SELECT 1 FROM pragma_index_list(?, ?) WHERE origin = 'pk'").get(table, schema);
  return key.length === 1 && index === undefined ? String(key[0]) : null;
}

function keyPairs(db: Both, table: TablePlan): Pair[] | null {
  const info = db
    .prepare("SELECT name, pk FROM pragma_table_info(?, 'target') WHERE pk > 0 ORDER BY pk")
    .all(table.target) as { name: string }[];
  const pairs = info.map(({ name }): Pair | null => {
    const column = table.columns.find((one) => one.target.toLowerCase() === name.toLowerCase());
    if (column === undefined || column.encoding.kind === "real") return null;
    return { name: column.source, source: quoteName(column.source), target: quoteName(name), exact: " COLLATE BINARY" };
  });
  const found = pairs.filter((pair) => pair !== null);
  return found.length === 0 || found.length !== pairs.length ? null : found;
}

/** Class, value, and the sign of a zero, which `IS` does not see. */
function sameCell(column: ColumnPlan): string {
  const [source, target] = [expected(column), `t.${quoteName(column.target)}`];
  const plain = `typeof(${source}) = typeof(${target}) AND +${source} IS +${target} COLLATE BINARY`;
  if (column.encoding.kind === "real") return `(${plain})`;
  return `(${plain} AND (typeof(${source}) <> 'real' OR ${source} <> 0 OR proof_zero(${source}) = proof_zero(${target})))`;
}

function expected({ source, encoding }: ColumnPlan): string {
  return encoding.kind === "real" ? `proof_real(s.${quoteName(source)})` : `s.${quoteName(source)}`;
}

/** Each row as often on one side as on the other; rows that were there before count on the source's. */
function multiset(table: TablePlan, source: string, target: string, before: string | null, count: string): Comparison {
  const of = (side: "s" | "t"): string =>
    table.columns
      .map((column, i) => {
        const cell = side === "s" ? expected(column) : `t.${quoteName(column.target)}`;
        return `typeof(${cell}) AS k${i}, +${cell} COLLATE BINARY AS v${i}`;
      })
      .join(", ");
  const group = table.columns.map((_, i) => `k${i}, v${i} COLLATE BINARY`).join(", ");
  const were = before === null ? "" : ` UNION ALL SELECT 1, ${of("t")} FROM ${before} AS t`;
  return {
    statements: [
      {
        sql: `SELECT n FROM (SELECT sum(side) AS n FROM (SELECT 1 AS side, ${of("s")} FROM ${source} AS s UNION ALL SELECT -1, ${of("t")} FROM ${target} AS t${were}) GROUP BY ${group}) WHERE n <> 0`,
        message: "A row is not as often in the target as in the source.",
        side: "one",
      },
    ],
    keys: 1,
    key: () => null,
    columns: table.columns,
    count,
  };
}
