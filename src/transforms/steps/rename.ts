import { z } from "zod";
import { columnAt } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { columnName } from "../values/column-names.ts";

export const rename = defineTransform({
  name: "rename",
  summary: "Gives columns other names. Keys, indexes and checks follow them.",
  example: "rename: { resolution: answer }",
  options: z.record(columnName, columnName),
  undo: "can be undone",
  parity: "every cell, under its new name",
  compile(names, shape, context) {
    const renamed = new Map(Object.entries(names).map(([from, to]) => [columnAt(shape, from, context), to]));
    const columns = shape.columns.map((column, i) => ({ ...column, name: renamed.get(i) ?? column.name }));
    return {
      on: Object.keys(names).join(", "),
      outputs: [{ ...shape, columns }],
      rowForRow: true,
      start: () => (row, emit) => emit(0, row.slice()),
    };
  },
});
