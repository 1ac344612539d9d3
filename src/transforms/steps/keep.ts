import { z } from "zod";
import { columnsAt } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { columnNames, listOf } from "../values/column-names.ts";
import { onlyColumns } from "../values/only-columns.ts";

export const keep = defineTransform({
  name: "keep",
  summary: "Takes only these columns along, in this order.",
  example: "keep: [id, problem, solution]",
  options: z.union([columnNames, z.strictObject({ columns: columnNames })]),
  undo: "cannot be undone: the other values are left behind, in the snapshot",
  parity: "every cell of the columns that stay",
  compile: (options, shape, context) =>
    onlyColumns(shape, columnsAt(shape, listOf(options), context), listOf(options).join(", ")),
});
