import { z } from "zod";
import type { ShapeColumn, Value } from "../../core/plan/transform.ts";
import { type BecomeType, changeCells, columnsAt } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { columnName } from "../values/column-names.ts";
import { cellFor, declaredTypeOf, isTruth, type Scalar, scalar } from "../values/constant.ts";
import { otherwise } from "../values/otherwise.ts";
import { refuse } from "../values/refuse.ts";
import { textOf } from "../values/text.ts";

export const map = defineTransform({
  name: "map",
  summary:
    "Puts other values in place of those given. NULL stays NULL: see `default`. A number is given by its digits, `1` or `1.0`.",
  example: "map: { column: severity, values: { P1: critical, P2: high }, otherwise: fail }",
  options: z.strictObject({
    column: columnName,
    values: z.record(z.string(), scalar),
    otherwise: otherwise.default("fail"),
    ignoreCase: z.boolean().default(false),
  }),
  undo: "can be undone where no two values became the same",
  parity: "the new values",
  compile({ column, values, otherwise: rest, ignoreCase }, shape, context) {
    const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
    const retyped = retype([
      ...Object.values(values),
      ...(typeof rest === "object" && rest !== null ? [rest.value] : []),
    ]);
    const become = (before: ShapeColumn): BecomeType & { readonly declaredType: string } =>
      rest === "keep" ? { declaredType: before.declaredType } : retyped(before);
    const at = columnsAt(shape, column, context);
    const [own] = at.flatMap((i) => shape.columns[i] ?? []);
    const cell = (value: Scalar): Value =>
      own === undefined ? null : cellFor(value, { name: own.name, origin: null, changed: true, ...become(own) });
    const known = new Map<string, Value>();
    for (const [from, to] of Object.entries(values)) {
      if (known.has(fold(from))) context.problem(`"${from}" is given twice when case is ignored`);
      known.set(fold(from), cell(to));
    }
    return changeCells(shape, at, become, (value, name) => {
      if (value === null) return null;
      // What cannot be a key of the map is met by `otherwise` as well.
      const text = typeof value === "object" ? null : textOf(value, name);
      const found = text === null ? undefined : known.get(fold(text));
      if (found !== undefined) return found;
      if (rest === "keep") return value;
      if (rest === "null" || rest === null) return null;
      if (rest === "fail")
        return refuse(name, value, "the map has no such value", "Add it to `values`, or set `otherwise`.");
      return cell(rest.value);
    });
  },
});

/** The type that all new values have; the column's own where they differ. */
function retype(values: readonly Scalar[]): (before: ShapeColumn) => BecomeType & { readonly declaredType: string } {
  const given = values.filter((value) => value !== null);
  const types = new Set(given.map(declaredTypeOf));
  const [only] = types;
  return (before) => {
    if (types.size !== 1 || only === undefined) return { declaredType: before.declaredType };
    return { declaredType: only, ...(given.every((value) => isTruth(value)) ? { truth: true } : {}) };
  };
}
