import { createHmac } from "node:crypto";
import { z } from "zod";
import { asText, changeCells, columnsAt } from "../columns.ts";
import { defineTransform, type StepContext } from "../definition.ts";
import { columnNames } from "../values/column-names.ts";
import { secretOf } from "../values/secret.ts";
import { textOf } from "../values/text.ts";

const options = z
  .strictObject({
    columns: columnNames,
    keepLast: z.number().int().min(0).optional(),
    fixed: z.string().optional(),
    email: z.strictObject({ keyFrom: z.string().min(1) }).optional(),
  })
  .refine(
    ({ keepLast, fixed, email }) => [keepLast, fixed, email].filter((way) => way !== undefined).length === 1,
    "give one of keepLast, fixed, email",
  );

export const mask = defineTransform({
  name: "mask",
  summary:
    "Hides what values say: stars but for the last characters (all stars when no more are there), one text for all, or an address made up for each (the same for the same, and unguessable without the key). NULL stays NULL.",
  example: "mask: { columns: [card], keepLast: 4 }",
  options,
  undo: "cannot be undone: that is its purpose",
  parity: "the masked values",
  compile(given, shape, context) {
    const way = masking(given, context);
    return changeCells(
      shape,
      columnsAt(shape, given.columns, context),
      (column) => ("declaredType" in asText(column) || column.pgType === undefined ? { declaredType: "TEXT" } : {}),
      (value, name) => (value === null ? null : way(() => textOf(value, name) ?? "")),
    );
  },
});

/** The text is only asked for when it is needed, so that a fixed mask covers any value. */
function masking(given: z.infer<typeof options>, context: StepContext): (text: () => string) => string {
  const { keepLast, fixed, email } = given;
  if (fixed !== undefined) return () => fixed;
  if (email !== undefined) {
    const key = secretOf(email.keyFrom, context);
    return (text) => `user-${createHmac("sha256", key).update(text()).digest("hex").slice(0, 20)}@example.invalid`;
  }
  const shown = keepLast ?? 0;
  return (text) => {
    const characters = [...text()];
    const hidden = characters.length <= shown ? characters.length : characters.length - shown;
    return `${"*".repeat(hidden)}${characters.slice(hidden).join("")}`;
  };
}
