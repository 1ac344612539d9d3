/** How many rows point, directly or indirectly, to those that do not fit: they could not arrive without them. */

import type { FitEdge, FitRequest, ProblemFit, TableFit } from "../../core/plan/live-fit.ts";
import { quoteName } from "../../core/quote.ts";
import { type Sqlite, selection } from "../../sqlite/open.ts";

export function countPointing(
  db: Sqlite,
  fits: ReadonlyMap<string, TableFit>,
  requests: readonly FitRequest[],
  among: readonly FitEdge[],
): Map<string, TableFit> {
  const edges = among.map((edge) => ({
    ...edge,
    where: requests.find(({ table }) => table.name === edge.child)?.where ?? null,
  }));
  const counted = (table: string, problem: ProblemFit): ProblemFit =>
    problem.rowids === null || problem.rowids.length === 0
      ? problem
      : { ...problem, pointing: pointingTo(db, table, problem.rowids, edges) };
  return new Map(
    [...fits].map(([table, fit]) => {
      const columns = Object.entries(fit.columns).map(([name, column]) => [
        name,
        { ...column, problems: column.problems.map((problem) => counted(table, problem)) },
      ]);
      const { differingRowids } = fit;
      const pointing =
        differingRowids === null || differingRowids.length === 0 ? null : directly(db, table, differingRowids, edges);
      return [table, { ...fit, columns: Object.fromEntries(columns), pointing }];
    }),
  );
}

function pointingTo(db: Sqlite, table: string, rowids: readonly string[], edges: readonly SelectedEdge[]): number {
  const seen = new Map<string, Set<string>>([[table, new Set(rowids)]]);
  const waiting: [string, readonly string[]][] = [[table, rowids]];
  let count = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [parent, rows] = next;
    for (const edge of edges.filter((one) => one.parent === parent && one.loses !== true)) {
      const known = seen.get(edge.child) ?? new Set<string>();
      seen.set(edge.child, known);
      const found = childrenOf(db, edge, rows).filter((rowid) => !known.has(rowid));
      for (const rowid of found) known.add(rowid);
      count += found.length;
      if (found.length > 0) waiting.push([edge.child, found]);
    }
  }
  return count;
}

function directly(db: Sqlite, table: string, rowids: readonly string[], edges: readonly SelectedEdge[]): number {
  return edges
    .filter(({ parent }) => parent === table)
    .reduce((sum, edge) => sum + childrenOf(db, edge, rowids).length, 0);
}

type SelectedEdge = FitEdge & { readonly where: string | null };

/** None where either table has no rowid to name rows by. */
function childrenOf(
  db: Sqlite,
  { child, columns, parent, parentColumns, where }: SelectedEdge,
  rows: readonly string[],
): string[] {
  const joined = columns.map((name, i) => `c.${quoteName(name)} = p.${quoteName(parentColumns[i] ?? "")}`);
  const among = where === null ? "" : ` WHERE ${selection(where)}`;
  const sql = `SELECT DISTINCT CAST(c."rowhaul row" AS TEXT) FROM ${quoteName(parent)} p JOIN (SELECT rowid AS "rowhaul row", * FROM ${quoteName(child)}${among}) c ON ${joined.join(" AND ")}
    WHERE p.rowid IN (SELECT CAST(value AS INTEGER) FROM json_each(?))`;
  try {
    return db.prepare<[string], string>(sql).pluck().all(JSON.stringify(rows));
  } catch {
    return [];
  }
}
