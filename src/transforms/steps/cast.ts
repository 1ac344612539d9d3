import { z } from "zod";
import { RowhaulError } from "../../core/messages/errors.ts";
import { changeCells, columnAt } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { type CastType, castTypes } from "../values/cast-types.ts";
import { castColumn, castValue } from "../values/cast-value.ts";
import { columnName } from "../values/column-names.ts";

export const cast = defineTransform({
  name: "cast",
  summary: "Makes values of another type: the same value exactly, or the row is refused. A date without a zone is UTC.",
  example: "cast: { columns: { price: numeric, active: boolean } }",
  options: z.strictObject({
    columns: z.record(columnName, z.enum(castTypes)),
    otherwise: z.enum(["fail", "null"]).default("fail"),
  }),
  undo: "can be undone in value, not in spelling",
  parity: "the values in their new type",
  compile({ columns, otherwise }, shape, context) {
    const types = new Map<string, CastType>();
    const at = Object.entries(columns).flatMap(([name, type]) => {
      const i = columnAt(shape, name, context);
      types.set(shape.columns[i]?.name ?? "", type);
      return i < 0 ? [] : [i];
    });
    return changeCells(
      shape,
      at,
      ({ name }) => castColumn[types.get(name) ?? "text"],
      (value, name) => {
        const type = types.get(name) ?? "text";
        if (otherwise === "fail") return castValue(value, type, name);
        try {
          return castValue(value, type, name);
        } catch (thrown) {
          if (thrown instanceof RowhaulError) return null;
          throw thrown;
        }
      },
    );
  },
});
