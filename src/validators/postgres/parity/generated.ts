/** Columns that a live table generates, or a trigger of it writes, as accepted: their values are read while only this transaction sees the row. */
import { targetRule } from "../../../core/plan/live.ts";
import { renderCell } from "../../../core/values/render-cell.ts";
import type { ComparedColumn, Comparison } from "./comparison.ts";
import { readCells, readKeyText } from "./source-row.ts";

export function isGenerated({ generates }: Comparison, { plan }: ComparedColumn): boolean {
  return generates && targetRule(plan) !== null;
}

/** `after`: the live table's value. */
export function noteGenerated(
  comparison: Comparison,
  { column, ours }: { readonly column: ComparedColumn; readonly ours: string },
  after: string | null,
): void {
  const [source] = readCells(comparison, ours, [column.plan.source]);
  comparison.tally.changed += 1;
  comparison.scratch.addGenerated({
    key: readKeyText(comparison, ours),
    col: column.plan.source,
    before: source === undefined ? "NULL" : renderCell(source.storage, source.bytes),
    after,
  });
}
