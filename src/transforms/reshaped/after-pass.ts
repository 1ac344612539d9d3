/** Columns after the pass: those that only a function touched and left unchanged count as unchanged. */
import type { Seen } from "../../core/plan/seen.ts";
import type { ShapeColumn } from "../../core/plan/transform.ts";
import type { OutputShape } from "../definition.ts";

/** `seen`: null before the pass. */
export function afterPass(shape: OutputShape, seen: Seen | null): OutputShape {
  return { ...shape, columns: shape.columns.map((column) => columnAfterPass(shape.table, column, seen)) };
}

function columnAfterPass(table: string, column: ShapeColumn, seen: Seen | null): ShapeColumn {
  const { byFunction, ...rest } = column;
  if (byFunction !== true || seen === null) return column;
  return seen.column(table, column.name)?.changed === true ? column : { ...rest, changed: false };
}
