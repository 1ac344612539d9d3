import { z } from "zod";
import { columnAt, newColumn } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { columnName } from "../values/column-names.ts";

export const unify = defineTransform({
  name: "unify",
  summary:
    "Sends the rows to a table that several tables share, with a column that says whose they were; that and the original id are its key. It is the last step. Columns that another table lacks are NULL in its rows.",
  example: "unify: { into: entries, source: origin, id: source_id }",
  options: z.strictObject({
    into: z.string().min(1),
    source: columnName.default("source"),
    tag: z.string().min(1).optional(),
    id: columnName.default("source_id"),
    from: columnName.optional(),
  }),
  undo: "can be undone: rows are told apart by source and id",
  parity: "every cell, with the source's name and the original id",
  compile({ into, source, tag, id, from }, shape, context) {
    const [only, ...more] = context.key;
    if (from === undefined && (only === undefined || more.length > 0))
      context.problem("the table has no primary key of one column; say with `from` which column is the id");
    const at = from === undefined && only === undefined ? -1 : columnAt(shape, from ?? only ?? "", context);
    const rest = shape.columns.map((_, i) => i).filter((i) => i !== at);
    const original = shape.columns[at];
    const name = tag ?? shape.table;
    return {
      on: `into ${into}`,
      outputs: [
        {
          table: into,
          columns: [
            newColumn(source, "TEXT"),
            { ...(original ?? newColumn(id, "")), name: id },
            ...rest.flatMap((i) => shape.columns[i] ?? []),
          ],
          key: [source, id],
        },
      ],
      rowForRow: false,
      shared: true,
      start: () => (row, emit) => emit(0, [name, row[at] ?? null, ...rest.map((i) => row[i] ?? null)]),
    };
  },
});
