/** The tables that chains write, and which of their columns are compared. */

import type { Chain, Shape } from "../../core/plan/transform.ts";
import type { Catalog, Table } from "../../core/schema/catalog.ts";
import { foldName, sameName } from "../../core/schema/names.ts";

export type Output = {
  readonly table: Table;
  readonly columns: readonly string[];
  /** Chains that write it, by position. */
  readonly writers: readonly number[];
};

/**
 * By folded name. A key that is given out while rows are written, because no step makes it, is not compared, and neither
 * is what was computed anew after the steps: parity compares that with what the target computes.
 */
export function outputsOf(chains: readonly Chain[], reshaped: Catalog): Map<string, Output> {
  const outputs = new Map<string, Output>();
  for (const table of reshaped.tables) {
    const shapes = chains.flatMap((chain, i) =>
      shapesOf(chain)
        .filter((shape) => sameName(shape.table, table.name))
        .map((shape) => ({ shape, i })),
    );
    if (shapes.length === 0) continue;
    const makes = (column: string): boolean =>
      shapes.every(({ shape }) => shape.columns.some((one) => sameName(one.name, column)));
    const columns = table.columns.filter(
      ({ name, isRowid, hiddenRowid, generated }) =>
        hiddenRowid !== true && generated?.anew !== true && (!isRowid || makes(name)),
    );
    outputs.set(foldName(table.name), {
      table,
      columns: columns.map(({ name }) => name),
      writers: [...new Set(shapes.map(({ i }) => i))],
    });
  }
  return outputs;
}

function shapesOf({ steps, outputs }: Chain): Shape[] {
  return [
    steps.at(-1)?.outputs[0] ?? outputs[0],
    ...steps.flatMap((step) => step.outputs.slice(1)),
    ...outputs.slice(1),
  ];
}
