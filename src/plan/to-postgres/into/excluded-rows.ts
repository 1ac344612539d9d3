/**
 * Rows that stay out, as conditions in SQL of the source: those that a policy puts in quarantine, and all that depend on
 * them through any number of tables, through rows of the same table, or in a circle.
 */

import type { FitEdge } from "../../../core/plan/live-fit.ts";
import { nameList, quoteName } from "../../../core/quote.ts";
import type { Table } from "../../../core/schema/catalog.ts";
import { sameName } from "../../../core/schema/names.ts";

export type Exclusion = {
  readonly table: Table;
  /** The pipeline's selection; null = all rows. */
  readonly where: string | null;
  /** Condition on rows that are in quarantine by their own policies; null = none. */
  readonly own: string | null;
};

/** `edges`: foreign keys along which rows follow the row they point to. Null where no row of the table stays out. */
export function excludedRows(table: string, tables: readonly Exclusion[], edges: readonly FitEdge[]): string | null {
  const above = upstream([table], edges);
  const concerned = tables.filter((one) => above.some((name) => sameName(name, one.table.name)));
  if (!concerned.some(({ own }) => own !== null)) return null;
  const along = edges.filter(({ child, parent }) => has(concerned, child) && has(concerned, parent));
  if (along.length > 0) return anyWay(table, concerned, along);
  return concerned[0]?.own ?? null;
}

/** True for rows of the child that point to a row of the parent that stays out. */
export function pointsToExcluded(
  { columns, parent, parentColumns }: FitEdge,
  { where }: Exclusion,
  gone: string,
): string {
  const known = [...parentColumns.map((name) => `${quoteName(name)} IS NOT NULL`), `(${gone})`];
  if (where !== null) known.push(`(${where}\n)`);
  return `${given(columns)} AND (${nameList(columns)}) IN (SELECT ${nameList(parentColumns)} FROM ${quoteName(parent)} WHERE ${known.join(" AND ")})`;
}

/** Columns that identify a table's rows in a condition. */
export function rowColumns({ rowidName, primaryKey }: Table): readonly string[] {
  return rowidName === null ? (primaryKey ?? []) : [rowidName];
}

export function given(columns: readonly string[]): string {
  return columns.map((name) => `${quoteName(name)} IS NOT NULL`).join(" AND ");
}

/** The given tables and those that their rows point to, directly or not. */
function upstream(found: readonly string[], edges: readonly FitEdge[]): readonly string[] {
  const next = edges
    .filter(
      ({ child, parent }) =>
        found.some((name) => sameName(name, child)) && !found.some((name) => sameName(name, parent)),
    )
    .map(({ parent }) => parent);
  return next.length === 0 ? found : upstream([...found, ...new Set(next)], edges);
}

function has(tables: readonly Exclusion[], name: string): boolean {
  return tables.some(({ table }) => sameName(table.name, name));
}

/** All tables' rows as the table's number and the row's key; each is visited once, so that circles end. */
function anyWay(table: string, tables: readonly Exclusion[], edges: readonly FitEdge[]): string {
  const numberOf = (name: string): number => tables.findIndex((one) => sameName(one.table.name, name));
  const starts = tables.flatMap((one, i) =>
    one.own === null
      ? []
      : [`SELECT ${i}, ${rowText(one.table)} FROM ${quoteName(one.table.name)} WHERE ${selected(one)}(${one.own})`],
  );
  const steps = edges.map((edge) => {
    const [parent, child] = [numberOf(edge.parent), numberOf(edge.child)];
    const same = edge.columns.map((name, i) => `c.${quoteName(name)} = p.${quoteName(edge.parentColumns[i] ?? "")}`);
    return `SELECT ${child}, c."rowhaul row" FROM "rowhaul gone" g JOIN ${rowsOf(tables[parent])} p ON g.t = ${parent} AND p."rowhaul row" = g.r JOIN ${rowsOf(tables[child])} c ON ${same.join(" AND ")}`;
  });
  const own = tables[numberOf(table)];
  const row = own === undefined ? "NULL" : rowText(own.table);
  return `${row} IN (WITH RECURSIVE "rowhaul gone"(t, r) AS (${[...starts, ...steps].join(" UNION ")}) SELECT r FROM "rowhaul gone" WHERE t = ${numberOf(table)})`;
}

function rowsOf(leaving: Exclusion | undefined): string {
  if (leaving === undefined) return "(SELECT NULL)";
  const { table, where } = leaving;
  return `(SELECT ${rowText(table)} AS "rowhaul row", * FROM ${quoteName(table.name)}${where === null ? "" : ` WHERE (${where}\n)`})`;
}

function selected({ where }: Exclusion): string {
  return where === null ? "" : `(${where}\n) AND `;
}

function rowText(table: Table): string {
  const columns = rowColumns(table).map(quoteName);
  const [only, more] = columns;
  if (only !== undefined && more === undefined) return only;
  return columns.map((name) => `quote(${name})`).join(" || ',' || ") || "NULL";
}
