import { z } from "zod";
import { changeCells, columnsAt } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { arrayLiteral } from "../values/array-literal.ts";
import { columnName } from "../values/column-names.ts";
import { textOf } from "../values/text.ts";

export const split = defineTransform({
  name: "split",
  summary:
    "Takes a list in one text apart: into text[], or a JSON array. Spaces around the parts and empty parts go unless said otherwise; NULL stays NULL.",
  example: 'split: { column: keywords, by: "," }',
  options: z.strictObject({
    column: columnName,
    by: z.string().min(1),
    as: z.enum(["text[]", "json"]).default("text[]"),
    trim: z.boolean().default(true),
    empty: z.enum(["drop", "keep", "null"]).default("drop"),
  }),
  undo: "can be undone but for spaces and empty parts",
  parity: "the lists, part by part and in order",
  compile({ column, by, as, trim, empty }, shape, context) {
    return changeCells(
      shape,
      columnsAt(shape, column, context),
      () => (as === "json" ? { declaredType: "JSON" } : { declaredType: "TEXT", pgType: "text[]" }),
      (value, name) => {
        const text = textOf(value, name);
        if (text === null) return null;
        const parts = text.split(by).map((part) => (trim ? part.trim() : part));
        const kept = empty === "drop" ? parts.filter((part) => part !== "") : parts;
        const list = kept.map((part) => (part === "" && empty === "null" ? null : part));
        return as === "json" ? JSON.stringify(list) : arrayLiteral(list, name);
      },
    );
  },
});
