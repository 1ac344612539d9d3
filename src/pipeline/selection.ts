/** What of the settings is left to do, and for which tables: after the source, and after the transforms. */
import type { Catalog } from "../core/schema/catalog.ts";
import { foldName, sameName } from "../core/schema/names.ts";
import type { SelectedTable, Selection } from "../core/selection.ts";
import { type ColumnSettings, plainTable, type Settings, type TableSettings } from "../core/settings.ts";
import type { CompiledChain } from "../transforms/compile-chain.ts";

/** Settings by table, and the row to begin with, as far as the source has not followed them. */
export type LeftBySource = Pick<Settings, "tables" | "root">;

/** A server selects its rows itself, in its own SQL; what it hands over is not selected from again. */
export function leftBySource({ source, tables, root }: Settings): LeftBySource {
  if (source.kind !== "postgres") return { tables, root };
  const unconditional = Object.entries(tables ?? {}).map(([name, table]) => [name, { ...table, where: null }] as const);
  return { tables: tables === null ? null : Object.fromEntries(unconditional), root: null };
}

/** Where nothing is transformed, or nothing of the source is known yet. */
export function selectionOf(settings: Settings): Selection {
  const tables = Object.entries(leftBySource(settings).tables ?? {});
  return {
    tables: new Map(tables.map(([name, table]) => [foldName(name), selected(table)])),
    named: [...tables.map(([name]) => name), ...(settings.include ?? [])],
    exclude: settings.exclude,
  };
}

/** What the chains have not done: nothing twice, and tables and columns by the names they have in `reshaped`. */
export function selectionAfter(settings: Settings, chains: readonly CompiledChain[], reshaped: Catalog): Selection {
  const chainOf = (name: string): CompiledChain | undefined => chains.find((one) => sameName(one.table, name));
  const isGone = (name: string): boolean =>
    chainOf(name) !== undefined && !reshaped.tables.some((one) => sameName(one.name, name));
  const given = leftBySource(settings).tables;
  const tables = Object.entries(given ?? {}).flatMap(([name, table]): [string, SelectedTable][] => {
    if (isGone(name)) return [];
    const chain = chainOf(name);
    const where = chain !== undefined || table.belongsTo !== null ? null : table.where;
    return [[name, { ...selected(table), where, columns: columnsNow(table, chain) }]];
  });
  const known = new Set(tables.map(([name]) => foldName(name)));
  for (const { table } of given === null ? [] : chains.flatMap(({ outputs }) => outputs)) {
    if (!known.has(foldName(table))) tables.push([table, selected(plainTable)]);
    known.add(foldName(table));
  }
  return {
    tables: new Map(tables.map(([name, table]) => [foldName(name), table])),
    named: [...tables.map(([name]) => name), ...(settings.include ?? []).filter((name) => !isGone(name))],
    exclude: settings.exclude,
  };
}

function selected({ steps: _, onError: __, belongsTo: ___, ...table }: TableSettings): SelectedTable {
  return table;
}

function columnsNow(table: TableSettings, chain: CompiledChain | undefined): Record<string, ColumnSettings> {
  const now = (name: string): string =>
    chain?.outputs[0].columns.find(({ origin }) => origin !== null && sameName(origin, name))?.name ?? name;
  return Object.fromEntries(
    Object.entries(table.columns).flatMap(([name, column]) =>
      column.type === null && column.epoch === null ? [] : [[now(name), column]],
    ),
  );
}
