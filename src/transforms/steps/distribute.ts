import { z } from "zod";
import { columnsAt } from "../columns.ts";
import { defineTransform, type OutputShape } from "../definition.ts";
import { childColumns } from "../values/child-columns.ts";
import { columnName } from "../values/column-names.ts";

export const distribute = defineTransform({
  name: "distribute",
  summary:
    "Moves columns to tables of their own, one row each with the same key. A row whose moved columns are all NULL makes none unless `empty: keep`.",
  example: "distribute: { into: { entry_texts: [problem, solution] } }",
  options: z.strictObject({
    into: z.record(z.string().min(1), z.array(columnName).min(1)),
    key: z.array(columnName).min(1).optional(),
    empty: z.enum(["drop", "keep"]).default("drop"),
  }),
  undo: "can be undone: the tables are joined by their key",
  parity: "every cell, in the table it moved to",
  compile({ into, key, empty }, shape, context) {
    const keys = columnsAt(shape, key ?? context.key, context);
    if (keys.length === 0) context.problem("the table has no primary key; say with `key` what tells its rows apart");
    const parts = Object.entries(into).map(([table, columns]) => ({ table, at: columnsAt(shape, columns, context) }));
    const moved = parts.flatMap(({ at }) => at);
    for (const i of new Set(moved)) {
      const name = shape.columns[i]?.name ?? "";
      if (keys.includes(i)) context.problem(`${name} is part of the key, which every table has anyway`);
      if (moved.filter((other) => other === i).length > 1) context.problem(`${name} would go to two tables`);
    }
    const rest = shape.columns.map((_, i) => i).filter((i) => !moved.includes(i));
    const keyColumns = childColumns(shape, keys);
    const keyNames = keyColumns.map(({ name }) => name);
    const outputs = parts.map(
      ({ table, at }): OutputShape => ({
        table,
        columns: [...keyColumns, ...childColumns(shape, at)],
        key: keyNames,
        parent: { columns: keyNames, table: shape.table, parentColumns: keyNames },
      }),
    );
    return {
      on: parts.map(({ table }) => table).join(", "),
      outputs: [{ ...shape, columns: childColumns(shape, rest) }, ...outputs],
      rowForRow: false,
      start: () => (row, emit) => {
        const pick = (at: readonly number[]) => at.map((i) => row[i] ?? null);
        emit(0, pick(rest));
        for (const [i, { at }] of parts.entries()) {
          const cells = pick(at);
          if (empty === "keep" || cells.some((cell) => cell !== null)) emit(i + 1, [...pick(keys), ...cells]);
        }
      },
    };
  },
});
