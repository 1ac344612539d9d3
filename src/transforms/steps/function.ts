import { z } from "zod";
import type { ShapeColumn } from "../../core/plan/transform.ts";
import { declaredKind } from "../../core/schema/declared-type.ts";
import { sameName } from "../../core/schema/names.ts";
import { newColumn } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { applyFunction } from "../functions/apply-function.ts";

export const functionTransform = defineTransform({
  name: "function",
  summary:
    "Your own function, from a JavaScript or TypeScript file: (row, info) => a row, rows, or null for none. Its export `columns` names new columns with their types.",
  example: "function: { file: ./transforms/kb-entry.ts }",
  options: z.union([
    z.string().min(1),
    z.strictObject({
      file: z.string().min(1),
      keys: z
        .enum(["kept", "made"])
        .default("kept")
        .describe("`made`: the function gives rows primary keys of their own, so that one row may become several"),
    }),
  ]),
  undo: "as your function: rowhaul cannot tell",
  parity: "the rows as computed by your function, computed a second time",
  compile(options, shape, context) {
    const file = typeof options === "string" ? options : options.file;
    const loaded = context.functions.get(file);
    if (loaded === undefined) context.problem(`the function ${file} is not loaded`);
    const declared = Object.entries(loaded?.columns ?? {});
    const kept = typeof options === "object" && options.keys === "made" ? [] : context.key;
    const isKept = (name: string): boolean => kept.some((key) => sameName(key, name));
    const declaredColumn = (name: string, type: string): ShapeColumn =>
      newColumn(name, type, undefined, declaredKind(type) === "boolean" ? true : undefined);
    const known = shape.columns.map((column): ShapeColumn => {
      const again = declared.find(([name]) => sameName(name, column.name));
      const typed = again === undefined ? column : { ...declaredColumn(column.name, again[1]), origin: column.origin };
      if (again === undefined && isKept(column.name)) return column;
      // What a step before changed stays changed, whatever the function did.
      return column.changed && column.byFunction !== true ? typed : { ...typed, changed: true, byFunction: true };
    });
    const added = declared.filter(([name]) => !shape.columns.some((column) => sameName(column.name, name)));
    const columns = [...known, ...added.map(([name, type]) => declaredColumn(name, type))];
    return {
      on: file,
      outputs: [{ ...shape, columns }],
      rowForRow: false,
      start: () => applyFunction(loaded, shape, columns, kept),
    };
  },
});
