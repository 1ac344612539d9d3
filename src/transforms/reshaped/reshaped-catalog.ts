/**
 * The schema after the chains: what the reshaped file's catalog says. Keys,
 * indexes and checks follow their columns; what cannot is left out by name, with
 * the reason, so that the plan and the report can tell.
 */

import type { Seen } from "../../core/plan/seen.ts";
import type { Catalog, Table } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";
import type { CompiledChain } from "../compile-chain.ts";
import { afterPass } from "./after-pass.ts";
import { mentions } from "./identifiers.ts";
import type { Leave, LeftOut } from "./leave.ts";
import { type MadeTable, madeTable, parentKey } from "./made-table.ts";
import { mainTable, type TableFate } from "./main-table.ts";

/**
 * `seen`: what the pass showed of the values; null before it, when a function counts as having changed nothing but
 * keys. Throws PLAN_INVALID where tables that share one do not fit each other.
 */
export function reshapedCatalog(
  catalog: Catalog,
  chains: readonly CompiledChain[],
  seen: Seen | null = null,
): { readonly catalog: Catalog; readonly leftOut: readonly LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const leave: Leave = (table, object, reason, hazard) =>
    void leftOut.push({ table, object, reason, ...(hazard === undefined ? {} : { hazard }) });
  const fates = new Map<string, TableFate>();
  const made = new Map<string, MadeTable[]>();
  for (const chain of chains) {
    const table = catalog.tables.find(({ name }) => sameName(name, chain.table));
    if (table === undefined) continue;
    fates.set(foldName(table.name), chain.shared ? gone(table, chain) : mainTable(table, chain, leave, seen));
    for (const [i, shape] of chain.outputs.entries()) {
      if (i === 0 && !chain.shared) continue;
      const name = foldName(shape.table);
      made.set(name, [...(made.get(name) ?? []), { shape: afterPass(shape, seen), table, shared: i === 0 }]);
    }
    if (chain.shared) leaveAll(table, chain, leave);
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
  const tables = [...followed, ...[...made.values()].map((writers) => madeTable(writers, kept, leave, seen))];
  const virtualTables = catalog.virtualTables.filter(({ name }) => !isOut(name, catalog, tables));
  const follows = (kind: "view" | "trigger", name: string, sql: string): boolean =>
    stillValid(kind, name, sql, fates, leave);
  return {
    catalog: {
      ...catalog,
      tables,
      virtualTables,
      views: catalog.views.filter((view) => follows("view", view.name, view.sql)),
      triggers: catalog.triggers.filter((trigger) => follows("trigger", trigger.name, trigger.sql)),
    },
    leftOut,
  };
}

function gone(table: Table, { dropped }: CompiledChain): TableFate {
  return { table: null, renamed: new Map(), gone: table.columns.map(({ name }) => name), dropped };
}

/** A table of several sources' rows has none of their constraints: what holds in one need not in the others. */
function leaveAll(table: Table, { outputs: [{ table: into }], dropped }: CompiledChain, leave: Leave): void {
  const { name, uniques, indexes, foreignKeys, checks } = table;
  leave(name, name, `its rows are in ${into} now, without its indexes and checks`);
  const isDropped = (column: string): boolean => dropped.some((one) => sameName(one, column));
  const lose = (object: string, columns: readonly string[], hazard: Parameters<Leave>[3]): void => {
    if (!columns.some(isDropped)) leave(name, `${object} of ${name}`, `its rows are in ${into} now`, hazard);
  };
  for (const unique of uniques)
    lose(`the unique constraint on ${unique.columns.join(", ")}`, unique.columns, {
      code: "UNIQUENESS_LOST",
      at: unique.name ?? `${name}_${unique.columns.join("_")}_key`,
    });
  for (const index of indexes.filter(({ unique }) => unique))
    lose(
      `the index ${index.name}`,
      index.parts.flatMap(({ column }) => column ?? []),
      {
        code: "UNIQUENESS_LOST",
        at: index.name,
      },
    );
  for (const { columns } of foreignKeys)
    lose(`the foreign key on ${columns.join(", ")}`, columns, {
      code: "FOREIGN_KEY_LOST",
      at: `${name}.${columns[0]}`,
    });
  for (const [i, { expression, name: own }] of checks.entries())
    lose(
      `the check ${own ?? expression}`,
      dropped.filter((column) => mentions(expression, [column]) !== undefined),
      {
        code: "CHECK_LOST",
        at: `${name}.${own ?? `check${i + 1}`}`,
      },
    );
}

/** A full-text table whose texts are elsewhere needs their columns under the names it knows. */
function stillSearched(table: Table, fates: ReadonlyMap<string, TableFate>, leave: Leave): boolean {
  const content = table.fullText?.content;
  const fate = content ? fates.get(foldName(content.table)) : undefined;
  if (!content || fate === undefined) return true;
  const needed = [content.key, ...(fate.searched ?? [])];
  const missing = needed.find((name) => [...fate.gone, ...fate.renamed.keys()].some((one) => sameName(one, name)));
  if (missing === undefined && fate.table !== null) return true;
  leave(
    table.name,
    `full-text table ${table.name}`,
    `${content.table}.${missing ?? content.key} is not there under that name any more`,
    { code: "VIRTUAL_TABLE_LOST", at: table.name },
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
  kind: "view" | "trigger",
  name: string,
  sql: string,
  fates: ReadonlyMap<string, TableFate>,
  leave: Leave,
): boolean {
  for (const [folded, fate] of fates) {
    const table = mentions(sql, [folded]);
    if (table === undefined) continue;
    const missing = [...fate.gone, ...fate.renamed.keys()].filter((column) => mentions(sql, [column]) !== undefined);
    if (fate.table !== null && missing.length === 0) continue;
    const reason =
      fate.table === null ? `there is no table ${folded} any more` : `${folded} has no column ${missing[0]} any more`;
    const asked = missing.some((column) => fate.dropped.some((one) => sameName(one, column)));
    const code = kind === "view" ? "VIEW_LOST" : "TRIGGER_LOST";
    leave(folded, `${kind} ${name}`, reason, asked ? undefined : { code, at: name });
    return false;
  }
  return true;
}
