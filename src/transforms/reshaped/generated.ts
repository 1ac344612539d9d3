/**
 * Generated columns after the steps. One whose values are still what its expression gives stays as it is. Where a
 * function changed what an expression reads and handed on the value of before, as `{ ...row, title }` does, it is
 * computed anew. Values of the function's own that differ from the expression must be accepted by the user.
 */
import type { Column, Table } from "../../core/schema/catalog.ts";
import { rowidName } from "../../snapshot/write/writer.ts";
import { expressionAfter, type Follow, type Hazard, sourceOf } from "./follow.ts";
import { mentions } from "./identifiers.ts";

type Candidate = {
  /** Of the columns. */
  readonly at: number;
  readonly source: Column & { readonly generated: NonNullable<Column["generated"]> };
  /** With the names of after. */
  readonly expression: string;
  /** The function made values of its own. */
  readonly own: boolean;
};

/** `anew`: old names of those whose values were computed again. */
export function withExpressions(
  columns: readonly Column[],
  follow: Follow,
): { readonly columns: Column[]; readonly anew: readonly string[] } {
  const candidates = columns.flatMap((_, at) => candidateAt(at, follow));
  const { lost, anew } = compared(candidates, columns, follow);
  const result = [...columns];
  for (const { at, source, expression } of candidates) {
    const [column, { kind }] = [columns[at], source.generated];
    if (column === undefined || lost.has(at)) continue;
    const generated = { kind, expression, ...(anew.has(source.name) ? { anew: true as const } : {}) };
    result[at] = { ...column, generated };
  }
  return { columns: result, anew: [...anew] };
}

function candidateAt(at: number, follow: Follow): Candidate[] {
  const { table, shape, leave } = follow;
  const column = shape.columns[at];
  const source = column && sourceOf(column, follow);
  if (column === undefined || source === undefined || source.generated === null) return [];
  if (column.changed && column.byFunction !== true) {
    leave(
      table.name,
      `the expression of ${table.name}.${source.name}`,
      "its values are changed; they travel as they are",
    );
    return [];
  }
  const { generated } = source;
  const expression = expressionAfter(generated.expression, true, whatOf(source), follow, hazardOf(table, source));
  return expression === null ? [] : [{ at, source: { ...source, generated }, expression, own: column.changed }];
}

/** What is computed anew may be read by another expression, so it goes on until nothing is left to compute. */
function compared(
  candidates: readonly Candidate[],
  columns: readonly Column[],
  { table, shape, seen, byFunction, leave }: Follow,
): { readonly lost: ReadonlySet<number>; readonly anew: ReadonlySet<string> } {
  const [lost, anew] = [new Set<number>(), new Set<string>()];
  if (seen === null) return { lost, anew };
  const bare: Table = { ...table, name: shape.table, columns, rowidName: rowidName(columns.map(({ name }) => name)) };
  // No chain of expressions is longer than there are columns.
  for (let [round, again] = [0, true]; again; round++) {
    again = false;
    for (const { at, source, expression, own } of candidates) {
      const column = columns[at];
      const reads = mentions(source.generated.expression, [...byFunction, ...anew]);
      if (column === undefined || lost.has(at) || !(own || reads !== undefined)) continue;
      if (seen.computes(bare, column, expression) === true) continue;
      if (!own && round < candidates.length && seen.computeAnew(bare, column, expression)) {
        anew.add(source.name);
        again = true;
        continue;
      }
      lost.add(at);
      const reason = own
        ? "the function returned other values than it gives"
        : `the values of ${reads} are changed, and it cannot be computed again`;
      leave(table.name, `${whatOf(source)} of ${table.name}`, reason, hazardOf(table, source));
    }
  }
  return { lost, anew };
}

function whatOf({ name }: Column): string {
  return `the expression of ${name}`;
}

function hazardOf(table: Table, { name }: Column): Hazard {
  return { code: "GENERATED_LOST", at: `${table.name}.${name}` };
}
