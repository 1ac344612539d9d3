import { z } from "zod";
import { columnsAt, newColumn } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { columnName } from "../values/column-names.ts";
import { textOf } from "../values/text.ts";

export const join = defineTransform({
  name: "join",
  summary:
    "Writes several columns into one text, in order; NULLs are passed over, and all NULL is NULL. The columns stay.",
  example: 'join: { columns: [first_name, last_name], with: " ", as: full_name }',
  options: z.strictObject({ columns: z.array(columnName).min(1), with: z.string().default(" "), as: columnName }),
  undo: "can be undone: the new column is dropped",
  parity: "the joined text, and every other cell as it was",
  compile({ columns, with: separator, as }, shape, context) {
    const at = columnsAt(shape, columns, context);
    const names = shape.columns.map(({ name }) => name);
    return {
      on: columns.join(", "),
      outputs: [{ ...shape, columns: [...shape.columns, newColumn(as, "TEXT")] }],
      rowForRow: true,
      start: () => (row, emit) => {
        const texts = at.map((i) => textOf(row[i] ?? null, names[i] ?? "")).filter((text) => text !== null);
        emit(0, [...row, texts.length === 0 ? null : texts.join(separator)]);
      },
    };
  },
});
