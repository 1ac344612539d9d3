/** Columns that a child table has from its parent: the same values, but a key of the child's own. */
import type { Shape, ShapeColumn } from "../../core/plan/transform.ts";

export function childColumns(shape: Shape, at: readonly number[]): ShapeColumn[] {
  return at.flatMap((i) => shape.columns[i] ?? []);
}
