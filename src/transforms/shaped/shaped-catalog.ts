/**
 * The schema after the chains: what the shaped file's catalog says. Keys,
 * indexes and checks follow their columns; what cannot is left out by name, with
 * the reason, so that the plan and the report can tell.
 */
import type { Catalog, Table } from "../../core/catalog.ts";
import { foldName, sameName } from "../../core/names.ts";
import type { TransformReport } from "../../core/transform.ts";
import type { CompiledChain } from "../compile-chain.ts";
import { mentions } from "./identifiers.ts";
import { type MadeTable, madeTable, parentKey } from "./made-table.ts";
import { mainTable, type TableFate } from "./main-table.ts";

export type LeftOut = TransformReport["leftOut"][number];

/** Throws PLAN_INVALID where tables that share one do not fit each other. */
export function shapedCatalog(
  catalog: Catalog,
  chains: readonly CompiledChain[],
): { readonly catalog: Catalog; readonly leftOut: readonly LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const leave = (object: string, reason: string): void => void leftOut.push({ object, reason });
  const fates = new Map<string, TableFate>();
  const made = new Map<string, MadeTable[]>();
  for (const chain of chains) {
    const table = catalog.tables.find(({ name }) => sameName(name, chain.table));
    if (table === undefined) continue;
    fates.set(foldName(table.name), chain.shared ? gone(table) : mainTable(table, chain, leave));
    const others = chain.shared ? chain.outputs : chain.outputs.slice(1);
    for (const shape of others) {
      const name = foldName(shape.table);
      made.set(name, [...(made.get(name) ?? []), { shape, table }]);
    }
    if (chain.shared)
      leave(table.name, `its rows are in ${chain.outputs[0].table} now, without its indexes and checks`);
  }
  const kept = catalog.tables.flatMap((table) => {
    const fate = fates.get(foldName(table.name));
    return fate === undefined ? [table] : fate.table === null ? [] : [fate.table];
  });
  const followed = kept
    .map((table) => ({
      ...table,
      foreignKeys: table.foreignKeys.flatMap((key) => parentKey(table, key, fates, leave)),
    }))
    .filter((table) => stillSearched(table, fates, leave));
  const tables = [...followed, ...[...made.values()].map((writers) => madeTable(writers, kept, leave))];
  const virtualTables = catalog.virtualTables.filter(({ name }) => !isOut(name, catalog, tables));
  const follows = (name: string, sql: string): boolean => stillValid(name, sql, fates, leave);
  return {
    catalog: {
      ...catalog,
      tables,
      virtualTables,
      views: catalog.views.filter((view) => follows(`view ${view.name}`, view.sql)),
      triggers: catalog.triggers.filter((trigger) => follows(`trigger ${trigger.name}`, trigger.sql)),
    },
    leftOut,
  };
}

function gone(table: Table): TableFate {
  return { table: null, renamed: new Map(), gone: table.columns.map(({ name }) => name) };
}

/** A full-text table whose texts are elsewhere needs their columns under the names it knows. */
function stillSearched(
  table: Table,
  fates: ReadonlyMap<string, TableFate>,
  leave: (object: string, reason: string) => void,
): boolean {
  const content = table.fullText?.content;
  const fate = content ? fates.get(foldName(content.table)) : undefined;
  if (!content || fate === undefined) return true;
  const needed = [content.key, ...(fate.searched ?? [])];
  const missing = needed.find((name) => [...fate.gone, ...fate.renamed.keys()].some((one) => sameName(one, name)));
  if (missing === undefined && fate.table !== null) return true;
  leave(
    `full-text table ${table.name}`,
    `${content.table}.${missing ?? content.key} is not there under that name any more`,
  );
  return false;
}

/** Full-text tables left out above leave with the index behind them. */
function isOut(name: string, before: Catalog, after: readonly Table[]): boolean {
  const was = before.tables.some((table) => table.fullText !== undefined && sameName(table.name, name));
  return was && !after.some((table) => sameName(table.name, name));
}

/** Views and triggers are not rewritten: one that mentions a table and a column of it that is no longer there goes. */
function stillValid(
  name: string,
  sql: string,
  fates: ReadonlyMap<string, TableFate>,
  leave: (object: string, reason: string) => void,
): boolean {
  for (const [folded, fate] of fates) {
    const table = mentions(sql, [folded]);
    if (table === undefined) continue;
    const column = mentions(sql, [...fate.gone, ...fate.renamed.keys()]);
    if (fate.table !== null && column === undefined) continue;
    leave(
      name,
      fate.table === null ? `there is no table ${folded} any more` : `${folded} has no column ${column} any more`,
    );
    return false;
  }
  return true;
}
