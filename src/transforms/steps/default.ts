import { z } from "zod";
import { RowhaulError } from "../../core/messages/errors.ts";
import type { ShapeColumn, Value } from "../../core/plan/transform.ts";
import { changeCells, columnAt, isCharacters } from "../columns.ts";
import { defineTransform, type StepContext } from "../definition.ts";
import { castOfPgType } from "../values/cast-value.ts";
import { columnName } from "../values/column-names.ts";
import { cellFor, type Scalar, scalar } from "../values/constant.ts";
import { valueOfPgType } from "../values/pg-value.ts";

export const defaultTransform = defineTransform({
  name: "default",
  summary: "Puts a value in place of NULL (and of what a JSON file left out); with `empty: true` also of empty texts.",
  example: "default: { values: { status: open }, empty: true }",
  options: z.strictObject({ values: z.record(columnName, scalar), empty: z.boolean().default(false) }),
  undo: "cannot be undone: which cells were NULL is not kept",
  parity: "the values, defaults included",
  compile({ values, empty }, shape, context) {
    const defaults = new Map<number, Value>();
    for (const [name, value] of Object.entries(values)) {
      const at = columnAt(shape, name, context);
      if (at < 0) continue;
      const column = shape.columns[at];
      if (column !== undefined) defaults.set(at, typedCell(column, value, context));
    }
    const byName = new Map([...defaults].map(([at, cell]) => [shape.columns[at]?.name, cell]));
    return changeCells(
      shape,
      [...defaults.keys()],
      () => ({}),
      (value, name) => (value === null || (empty && value === "") ? (byName.get(name) ?? null) : value),
    );
  },
});

/** Where the source's type is known, a default must be as that type writes it. */
function typedCell(column: ShapeColumn, value: Scalar, context: StepContext): Value {
  const { name, pgType } = column;
  const cell = cellFor(value, column);
  if (pgType === undefined || cell === null) return cell;
  try {
    // A type whose output is not known here might write the value otherwise than it stands in the file.
    if (castOfPgType(pgType) !== undefined || isCharacters(pgType) || pgType === "text[]")
      return valueOfPgType(cell, pgType, name);
  } catch (thrown) {
    if (!(thrown instanceof RowhaulError)) throw thrown;
  }
  context.problem(`${name} is ${pgType}; ${JSON.stringify(value)} is no value as that type writes it`);
  return null;
}
