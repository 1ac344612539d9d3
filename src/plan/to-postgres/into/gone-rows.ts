/**
 * Rows that stay out, as conditions in SQL of the source: those that a policy puts in quarantine, and all that hang from
 * them, by way of however many tables, their own rows or a circle.
 */

import type { FitEdge } from "../../../core/plan/live-fit.ts";
import { nameList, quoteName } from "../../../core/quote.ts";
import type { Table } from "../../../core/schema/catalog.ts";
import { sameName } from "../../../core/schema/names.ts";

export type Leaving = {
  readonly table: Table;
  /** The pipeline's selection; null = all rows. */
  readonly where: string | null;
  /** Rows that policies of their own put in quarantine; null = none. */
  readonly own: string | null;
};

/** `edges`: along which rows go with those that they point to. Null where no row of the table goes. */
export function goneRows(table: string, tables: readonly Leaving[], edges: readonly FitEdge[]): string | null {
  const above = upstream([table], edges);
  const concerned = tables.filter((one) => above.some((name) => sameName(name, one.table.name)));
  if (!concerned.some(({ own }) => own !== null)) return null;
  const along = edges.filter(({ child, parent }) => has(concerned, child) && has(concerned, parent));
  if (along.length > 0) return anyWay(table, concerned, along);
  return concerned[0]?.own ?? null;
}

/** True for rows of the child that point to a row of the parent which goes. */
export function pointsToGone({ columns, parent, parentColumns }: FitEdge, { where }: Leaving, gone: string): string {
  const known = [...parentColumns.map((name) => `${quoteName(name)} IS NOT NULL`), `(${gone})`];
  if (where !== null) known.push(`(${where}\n)`);
  return `${given(columns)} AND (${nameList(columns)}) IN (SELECT ${nameList(parentColumns)} FROM ${quoteName(parent)} WHERE ${known.join(" AND ")})`;
}

/** Columns that tell a table's rows apart in a condition. */
export function rowColumns({ rowidName, primaryKey }: Table): readonly string[] {
  return rowidName === null ? (primaryKey ?? []) : [rowidName];
}

export function given(columns: readonly string[]): string {
  return columns.map((name) => `${quoteName(name)} IS NOT NULL`).join(" AND ");
}

/** With those named. */
function upstream(found: readonly string[], edges: readonly FitEdge[]): readonly string[] {
  const next = edges
    .filter(
      ({ child, parent }) =>
        found.some((name) => sameName(name, child)) && !found.some((name) => sameName(name, parent)),
    )
    .map(({ parent }) => parent);
  return next.length === 0 ? found : upstream([...found, ...new Set(next)], edges);
}

function has(tables: readonly Leaving[], name: string): boolean {
  return tables.some(({ table }) => sameName(table.name, name));
}

/** All tables' rows by a number of the table and what tells a row apart there; each is found once, so that circles end. */
function anyWay(table: string, tables: readonly Leaving[], edges: readonly FitEdge[]): string {
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

function rowsOf(leaving: Leaving | undefined): string {
  if (leaving === undefined) return "(SELECT NULL)";
  const { table, where } = leaving;
  return `(SELECT ${rowText(table)} AS "rowhaul row", * FROM ${quoteName(table.name)}${where === null ? "" : ` WHERE (${where}\n)`})`;
}

function selected({ where }: Leaving): string {
  return where === null ? "" : `(${where}\n) AND `;
}

function rowText(table: Table): string {
  const columns = rowColumns(table).map(quoteName);
  const [only, more] = columns;
  if (only !== undefined && more === undefined) return only;
  return columns.map((name) => `quote(${name})`).join(" || ',' || ") || "NULL";
}
