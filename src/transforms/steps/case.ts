import { z } from "zod";
import { asText, changeCells, columnsAt } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { columnNames } from "../values/column-names.ts";

export const caseTransform = defineTransform({
  name: "case",
  summary: "Writes texts in lower or upper case, by Unicode's rules whatever the machine's language.",
  example: "case: { columns: [email], to: lower }",
  options: z.strictObject({ columns: columnNames, to: z.enum(["lower", "upper"]) }),
  undo: "cannot be undone: the letters' case is not kept",
  parity: "the texts in their new case",
  compile: ({ columns, to }, shape, context) =>
    changeCells(shape, columnsAt(shape, columns, context), asText, (value) =>
      typeof value !== "string" ? value : to === "lower" ? value.toLowerCase() : value.toUpperCase(),
    ),
});
