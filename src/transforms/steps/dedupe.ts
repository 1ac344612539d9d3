import { z } from "zod";
import { columnsAt } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { columnNames, listOf } from "../values/column-names.ts";
import { keyBytes } from "../values/key-bytes.ts";

export const dedupe = defineTransform({
  name: "dedupe",
  summary:
    "Of rows with the same values in these columns keeps the first or the last in key order. NULL equals NULL here, and 1 equals 1.0.",
  example: "dedupe: { by: [email], keep: last }",
  options: z.strictObject({ by: columnNames, keep: z.enum(["first", "last"]).default("first") }),
  undo: "cannot be undone: the other rows are left behind, in the snapshot",
  parity: "every cell of the rows that stay",
  compile({ by, keep }, shape, context) {
    const at = columnsAt(shape, by, context);
    return {
      on: listOf(by).join(", "),
      outputs: [shape],
      rowForRow: false,
      order: keep,
      start(services) {
        const isFirst = services.firstSeen();
        return (row, emit) => {
          if (isFirst(keyBytes(at.map((i) => row[i] ?? null)))) emit(0, row.slice());
        };
      },
    };
  },
});
