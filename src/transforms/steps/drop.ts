import { z } from "zod";
import { columnsAt } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { columnNames, listOf } from "../values/column-names.ts";
import { onlyColumns } from "../values/only-columns.ts";

export const drop = defineTransform({
  name: "drop",
  summary: "Leaves columns out, with the keys and indexes that need them.",
  example: "drop: [internal_note]",
  options: z.union([columnNames, z.strictObject({ columns: columnNames })]),
  undo: "cannot be undone: the values are left behind, in the snapshot",
  parity: "every cell of the columns that stay",
  compile(options, shape, context) {
    const gone = columnsAt(shape, listOf(options), context);
    const kept = shape.columns.map((_, i) => i).filter((i) => !gone.includes(i));
    if (kept.length === 0) context.problem("no column would be left");
    return onlyColumns(shape, kept, listOf(options).join(", "));
  },
});
