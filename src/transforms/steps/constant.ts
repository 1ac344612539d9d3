import { z } from "zod";
import { sameName } from "../../core/schema/names.ts";
import { newColumn } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { columnName } from "../values/column-names.ts";
import { cellOf, declaredTypeOf, isTruth, scalar } from "../values/constant.ts";

export const constant = defineTransform({
  name: "constant",
  summary: "Adds columns that have the same value in every row.",
  example: "constant: { origin: legacy, verified: false }",
  options: z.record(columnName, scalar),
  undo: "can be undone: the columns are dropped",
  parity: "the constants, and every other cell as it was",
  compile(values, shape, context) {
    const added = Object.entries(values);
    for (const [name] of added)
      if (shape.columns.some((column) => sameName(column.name, name)))
        context.problem(`there is a column ${name} already`);
    const cells = added.map(([, value]) => cellOf(value));
    return {
      on: added.map(([name]) => name).join(", "),
      outputs: [
        {
          ...shape,
          columns: [
            ...shape.columns,
            ...added.map(([name, value]) => newColumn(name, declaredTypeOf(value), undefined, isTruth(value))),
          ],
        },
      ],
      rowForRow: true,
      start: () => (row, emit) => emit(0, [...row, ...cells]),
    };
  },
});
