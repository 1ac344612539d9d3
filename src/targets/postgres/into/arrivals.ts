/**
 * Rows that differ from staging when they go in: ids become those of the live rows that they are matched with, and rows
 * whose key is taken stay out. They are put together beside staging, which stays as it was proven.
 */

import { plural } from "../../../core/messages/count.ts";
import { RowhaulError } from "../../../core/messages/errors.ts";
import { mappedRule, skippedRule } from "../../../core/plan/live.ts";
import type { MappedColumn, Plan } from "../../../core/plan/plan.ts";
import { qualified, quoteName, quotePostgresLiteral } from "../../../core/quote.ts";
import type { Client } from "../../../postgres/transaction.ts";
import { failing } from "./failing.ts";
import { makeIdMap } from "./id-map.ts";
import type { MatchedTable } from "./match.ts";
import { sameByMatch } from "./same-key.ts";

export type Bookkeeping = { readonly state: string; readonly run: string };

/** The tables with what goes in; under the locks. Throws CONSTRAINT_VIOLATED where rows were written since the plan. */
export async function prepareArrivals(
  client: Client,
  plan: Plan,
  tables: readonly MatchedTable[],
  books: Bookkeeping,
): Promise<MatchedTable[]> {
  const arriving = new Map<string, MatchedTable>();
  const maps = new Map<string, string>();
  const start = async (table: MatchedTable): Promise<MatchedTable> => {
    const moved = { ...table, staged: arrivalsName(plan, table) };
    await copy(client, table, moved.staged);
    arriving.set(table.live.name, moved);
    return moved;
  };
  const map = (table: MatchedTable, column: MappedColumn): Promise<void> =>
    mapColumn(client, table, column, maps.get(column.table) ?? null);
  const preparing = (table: MatchedTable, work: () => Promise<void>): Promise<void> =>
    failing(table, `preparing the rows of ${table.plan.source}`, work);
  // Tables may hold ids of each other: what rows are matched by comes first, everything else once all ids are known.
  for (const table of idsFirst(tables.filter(makesIds)))
    await preparing(table, async () => {
      const moved = await start(table);
      for (const column of mapped(table)) if (isMatchedBy(table, column)) await map(moved, column);
      maps.set(table.live.name, await makeIdMap(client, plan, moved));
    });
  for (const table of tables.filter(isChanged))
    await preparing(table, async () => {
      const moved = arriving.get(table.live.name) ?? (await start(table));
      for (const column of mapped(table)) if (!makesIds(table) || !isMatchedBy(table, column)) await map(moved, column);
      if (table.mode === "skip") await takeOut(client, moved, books);
      for (const column of mapped(table)) await account(client, moved, column, books);
      await client.query(`ANALYZE ${moved.staged}`);
    });
  for (const name of maps.values()) await client.query(`DROP TABLE ${name}`);
  return tables.map((table) => arriving.get(table.live.name) ?? table);
}

/** For the way back: where the rows that came are. */
export function arrivedFrom(plan: Plan, table: MatchedTable, arriving: readonly string[]): MatchedTable {
  return arriving.includes(table.live.name) ? { ...table, staged: arrivalsName(plan, table) } : table;
}

export function isChanged(table: MatchedTable): boolean {
  return table.mode === "skip" || mapped(table).length > 0;
}

function mapped({ plan }: MatchedTable): readonly MappedColumn[] {
  return plan.mapped ?? [];
}

/** In staging, under a name that no table of the plan has. */
function arrivalsName({ target, tables }: Plan, { plan }: MatchedTable): string {
  const taken = new Set(tables.map((table) => table.target));
  let name = `rowhaul_arrivals_${tables.findIndex((table) => table.target === plan.target)}`;
  while (taken.has(name)) name += "_";
  return qualified(target.staging, name);
}

/** The key as the source has it, for ledger and quarantine. */
const keyColumn = quoteName("rowhaul source key");

/** Tables whose ids change before those that are matched by them. The plan has refused circles. */
function idsFirst(tables: readonly MatchedTable[]): MatchedTable[] {
  const ordered: MatchedTable[] = [];
  const visit = (table: MatchedTable, path: readonly MatchedTable[]): void => {
    if (ordered.includes(table) || path.includes(table)) return;
    for (const column of mapped(table)) {
      const parent = isMatchedBy(table, column) ? tables.find(({ live }) => live.name === column.table) : undefined;
      if (parent !== undefined) visit(parent, [...path, table]);
    }
    ordered.push(table);
  };
  for (const table of tables) visit(table, []);
  return ordered;
}

function isMatchedBy({ matchedBy }: MatchedTable, { column }: MappedColumn): boolean {
  return matchedBy.includes(column);
}

function makesIds(table: MatchedTable): boolean {
  return mapped(table).some((column) => column.table === table.live.name);
}

async function copy(client: Client, table: MatchedTable, name: string): Promise<void> {
  const before = mapped(table).flatMap(({ column }) => {
    const own = stagedName(table, column);
    return own === null ? [] : [`s.${own} AS ${was(table, column)}`];
  });
  const key = table.plan.keyText ?? "''";
  await client.query(
    `CREATE TABLE ${name} AS SELECT ${["s.*", `${key} AS ${keyColumn}`, ...before].join(", ")} FROM ${table.staged} s`,
  );
}

/** The id before it became another. */
function was(table: MatchedTable, column: string): string {
  return quoteName(`rowhaul was ${mapped(table).findIndex((one) => one.column === column)}`);
}

function stagedName({ columns }: MatchedTable, column: string): string | null {
  const found = columns.find(({ live }) => live.name === column);
  return found === undefined ? null : quoteName(found.plan.target);
}

/** A statement sees the state before it: no id is mapped twice. */
async function mapColumn(
  client: Client,
  table: MatchedTable,
  { column }: MappedColumn,
  map: string | null,
): Promise<void> {
  const own = stagedName(table, column);
  if (map === null || own === null) return;
  await client.query(
    `UPDATE ${table.staged} a SET ${own} = m.new FROM ${map} m WHERE a.${own} = m.old AND m.new IS DISTINCT FROM m.old`,
  );
}

/** A line of the ledger for each id that is another now, of rows that go in. */
async function account(
  client: Client,
  table: MatchedTable,
  { column }: MappedColumn,
  { state, run }: Bookkeeping,
): Promise<void> {
  const found = table.columns.find(({ live }) => live.name === column);
  if (found === undefined) return;
  const [now, old] = [`a.${quoteName(found.plan.target)}`, `a.${was(table, column)}`];
  const before = /^(smallint|integer|bigint|numeric)$/.test(found.live.base)
    ? `'integer ' || ${old}::text`
    : `'text ' || to_json(${old}::text)::text`;
  await client.query(
    `INSERT INTO ${qualified(state, "ledger")} (run_id, table_name, key, column_name, before, after, rule)
     SELECT $1, $2, a.${keyColumn}, $3, ${before}, pg_catalog.format('%s', ${now}), $4 FROM ${table.staged} a WHERE ${now} IS DISTINCT FROM ${old}`,
    [run, table.plan.source, found.plan.source, mappedRule],
  );
}

/** Rows that the live table has stay as they are there; the source's are in quarantine. */
async function takeOut(client: Client, table: MatchedTable, { state, run }: Bookkeeping): Promise<void> {
  const { staged, relation, live, written } = table;
  const cells = written.map(
    ({ plan }) => `(${quotePostgresLiteral(plan.source)}, pg_catalog.format('%s', g.${quoteName(plan.target)}))`,
  );
  const same = sameByMatch(table);
  if (same === "") throw new RowhaulError("DEFECT", `Nothing tells which rows of ${live.name} are the same.`);
  const { rowCount } = await client.query(
    `WITH g AS (DELETE FROM ${staged} s WHERE EXISTS (SELECT FROM ${relation} l WHERE ${same}) RETURNING s.*)
     INSERT INTO ${qualified(state, "quarantine")} (run_id, table_name, key, row, rule)
     SELECT $1, $2, g.${keyColumn}, (SELECT jsonb_object_agg(v.n, v.t) FROM (VALUES ${cells.join(", ")}) v (n, t)), $3 FROM g`,
    [run, table.plan.source, skippedRule],
  );
  const more = (rowCount ?? 0) - (table.plan.skipped ?? Number.POSITIVE_INFINITY);
  // The plan's questions were about other rows than those that stay out now.
  if (more > 0)
    throw new RowhaulError(
      "TARGET_CHANGED",
      `Since the plan was made, ${plural(more, "row")} with keys of the source's came to ${live.name}; nothing was written.`,
      { place: { table: table.plan.source } },
    );
}
