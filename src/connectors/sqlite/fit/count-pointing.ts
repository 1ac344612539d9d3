/** How many rows point to those that do not fit, directly or by way of others: they could not arrive without them. */
import type { FitEdge, ProblemFit, TableFit } from "../../../core/live-fit.ts";
import { quoteName, type Sqlite } from "../open.ts";

export function countPointing(
  db: Sqlite,
  fits: ReadonlyMap<string, TableFit>,
  edges: readonly FitEdge[],
): Map<string, TableFit> {
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

function pointingTo(db: Sqlite, table: string, rowids: readonly string[], edges: readonly FitEdge[]): number {
  const seen = new Map<string, Set<string>>([[table, new Set(rowids)]]);
  const waiting: [string, readonly string[]][] = [[table, rowids]];
  let count = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [parent, rows] = next;
    for (const edge of edges.filter((one) => one.parent === parent)) {
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

function directly(db: Sqlite, table: string, rowids: readonly string[], edges: readonly FitEdge[]): number {
  return edges
    .filter(({ parent }) => parent === table)
    .reduce((sum, edge) => sum + childrenOf(db, edge, rowids).length, 0);
}

/** None where either table has no rowid to name rows by. */
function childrenOf(db: Sqlite, { child, columns, parent, parentColumns }: FitEdge, rows: readonly string[]): string[] {
  const joined = columns.map((name, i) => `c.${quoteName(name)} = p.${quoteName(parentColumns[i] ?? "")}`);
  const sql = `SELECT DISTINCT CAST(c.rowid AS TEXT) FROM ${quoteName(parent)} p JOIN ${quoteName(child)} c ON ${joined.join(" AND ")}
    WHERE p.rowid IN (SELECT CAST(value AS INTEGER) FROM json_each(?))`;
  try {
    return db.prepare<[string], string>(sql).pluck().all(JSON.stringify(rows));
  } catch {
    return [];
  }
}
