import { z } from "zod";
import { asText, changeCells, columnsAt } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { columnNames, listOf } from "../values/column-names.ts";

export const trim = defineTransform({
  name: "trim",
  summary: "Takes white space at both ends of texts away. Other values stay as they are.",
  example: "trim: [name, email]",
  options: z.union([columnNames, z.strictObject({ columns: columnNames })]),
  undo: "cannot be undone: the white space is not kept",
  parity: "the texts without white space at both ends",
  compile: (options, shape, context) =>
    changeCells(shape, columnsAt(shape, listOf(options), context), asText, (value) =>
      typeof value === "string" ? value.trim() : value,
    ),
});
