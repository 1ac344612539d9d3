import { z } from "zod";
import type { ShapeColumn } from "../../core/transform.ts";
import { changeCells, columnAt } from "../columns.ts";
import { defineTransform, type StepContext } from "../definition.ts";
import { columnName } from "../values/column-names.ts";
import { cellOf, type Scalar, scalar } from "../values/constant.ts";

export const defaultTransform = defineTransform({
  name: "default",
  summary: "Puts a value in place of NULL (and of what a JSON file left out); with `empty: true` also of empty texts.",
  example: "default: { values: { status: open }, empty: true }",
  options: z.strictObject({ values: z.record(columnName, scalar), empty: z.boolean().default(false) }),
  undo: "cannot be undone: which cells were NULL is not kept",
  parity: "the values, defaults included",
  compile({ values, empty }, shape, context) {
    const defaults = new Map<number, Scalar>();
    for (const [name, value] of Object.entries(values)) {
      const at = columnAt(shape, name, context);
      if (at < 0) continue;
      checkType(shape.columns[at], value, context);
      defaults.set(at, value);
    }
    const byName = new Map([...defaults].map(([at, value]) => [shape.columns[at]?.name, cellOf(value)]));
    return changeCells(
      shape,
      [...defaults.keys()],
      () => ({}),
      (value, name) => (value === null || (empty && value === "") ? (byName.get(name) ?? null) : value),
    );
  },
});

/** Where the source's type is known, a default must be as that type writes it; only simple ones are certain. */
function checkType(column: ShapeColumn | undefined, value: Scalar, context: StepContext): void {
  const type = column?.pgType;
  if (type === undefined || value === null) return;
  const kind = /^(smallint|integer|bigint)$/.test(type) ? "number" : type === "boolean" ? "boolean" : "string";
  if (typeof value !== kind || (kind === "number" && !Number.isSafeInteger(value)))
    context.problem(`${column?.name} is ${type}; ${JSON.stringify(value)} is no value of it`);
}
