import { z } from "zod";
import type { Value } from "../../core/plan/transform.ts";
import { columnAt, columnsAt, newColumn } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { arrayElements } from "../values/array-literal.ts";
import { castTypes } from "../values/cast-types.ts";
import { castColumn, castValue } from "../values/cast-value.ts";
import { childColumns } from "../values/child-columns.ts";
import { columnName } from "../values/column-names.ts";
import { jsonCell, jsonElements } from "../values/json-text.ts";
import { refuse } from "../values/refuse.ts";
import { textOf } from "../values/text.ts";

export const explode = defineTransform({
  name: "explode",
  summary:
    "Makes one row of a child table of each element of a list (a JSON array, or what `split` made), counted from 1. The child's key is the parent's with the count.",
  example: "explode: { column: tags, into: entry_tags, value: tag }",
  options: z.strictObject({
    column: columnName,
    into: z.string().min(1),
    key: z.array(columnName).min(1).optional(),
    ordinal: columnName.default("ordinal"),
    value: columnName.default("value"),
    type: z.enum(castTypes).optional(),
    keep: z.boolean().default(false),
  }),
  undo: "can be undone; that a list was empty rather than NULL is not kept",
  parity: "every element, with its parent's key and its place",
  compile({ column, into, key, ordinal, value, type, keep }, shape, context) {
    const at = columnAt(shape, column, context);
    const source = shape.columns[at];
    const name = source?.name ?? column;
    const keys = columnsAt(shape, key ?? context.key, context);
    if (keys.length === 0) context.problem("the table has no primary key; say with `key` what tells its rows apart");
    const child = childColumns(shape, keys);
    const { declaredType, pgType } = type === undefined ? { declaredType: "" } : castColumn[type];
    const rest = shape.columns.map((_, i) => i).filter((i) => keep || i !== at);
    const keyNames = child.map((part) => part.name);
    return {
      on: column,
      outputs: [
        { ...shape, columns: rest.flatMap((i) => shape.columns[i] ?? []) },
        {
          table: into,
          columns: [...child, newColumn(ordinal, "INTEGER"), newColumn(value, declaredType, pgType)],
          key: [...keyNames, ordinal],
          parent: { columns: keyNames, table: shape.table, parentColumns: keyNames },
        },
      ],
      rowForRow: false,
      start: () => (row, emit) => {
        emit(
          0,
          rest.map((i) => row[i] ?? null),
        );
        const parent = keys.map((i) => row[i] ?? null);
        const elements = elementsOf(row[at] ?? null, source?.pgType, name);
        for (const [i, element] of elements.entries()) {
          const cell =
            "raw" in element
              ? jsonCell(element.raw, type ?? null, name)
              : type === undefined
                ? element.text
                : castValue(element.text, type, name);
          emit(1, [...parent, BigInt(i + 1), cell]);
        }
      },
    };
  },
});

type Element = { readonly raw: string } | { readonly text: string | null };

function elementsOf(value: Value, pgType: string | undefined, column: string): Element[] {
  const text = textOf(value, column);
  if (text === null) return [];
  if (pgType?.endsWith("[]")) {
    const elements = arrayElements(text);
    if (elements === null) return refuse(column, value, "this is no list of one dimension");
    return elements.map((element) => ({ text: element }));
  }
  const raws = jsonElements(text, column);
  if (raws === null) return refuse(column, value, "the text is no JSON array");
  return raws.map((raw) => ({ raw }));
}
