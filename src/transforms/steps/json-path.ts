import { z } from "zod";
import type { Value } from "../../core/plan/transform.ts";
import { columnAt, newColumn } from "../columns.ts";
import { defineTransform } from "../definition.ts";
import { castTypes } from "../values/cast-types.ts";
import { castColumn } from "../values/cast-value.ts";
import { columnName } from "../values/column-names.ts";
import { jsonCell, jsonElements, jsonMembers, wholeJson } from "../values/json-text.ts";
import { textOf } from "../values/text.ts";

export const jsonPath = defineTransform({
  name: "json-path",
  summary:
    "Makes a column of one place in a JSON text; NULL where it is not there. Numbers stay exact; true and false are 1 and 0 unless `type` says otherwise.",
  example: "json-path: { column: meta, path: $.author.name, as: author }",
  options: z.strictObject({
    column: columnName,
    path: z.string().regex(/^\$/, "a path begins with $"),
    as: columnName,
    type: z.enum(castTypes).optional(),
  }),
  undo: "can be undone: the new column is dropped",
  parity: "the values found, and every other cell as it was",
  compile({ column, path, as, type }, shape, context) {
    const at = columnAt(shape, column, context);
    const steps = pathSteps(path);
    if (steps === null) context.problem(`the path ${path} is not understood; as in $.author.names[0] or $["a key"]`);
    const { declaredType, pgType } = type === undefined ? { declaredType: "" } : castColumn[type];
    return {
      on: `${column} ${path}`,
      outputs: [{ ...shape, columns: [...shape.columns, newColumn(as, declaredType, pgType)] }],
      rowForRow: true,
      start: () => (row, emit) => {
        const raw = find(row[at] ?? null, steps ?? [], shape.columns[at]?.name ?? column);
        emit(0, [...row, raw === null ? null : jsonCell(raw, type ?? null, as)]);
      },
    };
  },
});

function find(value: Value, steps: readonly (string | number)[], column: string): string | null {
  const text = textOf(value, column);
  if (text !== null && steps.length === 0) return wholeJson(text, column);
  let raw = text;
  for (const step of steps) {
    if (raw === null) return null;
    raw =
      typeof step === "number"
        ? (jsonElements(raw, column)?.at(step) ?? null)
        : (jsonMembers(raw, column)?.get(step) ?? null);
  }
  return raw;
}

function pathSteps(path: string): (string | number)[] | null {
  const steps: (string | number)[] = [];
  const part = /\.([^.[\]"\s]+)|\[(-?\d+)\]|\["((?:[^"\\]|\\.)*)"\]/y;
  for (let at = 1; at < path.length; at = part.lastIndex) {
    part.lastIndex = at;
    const m = part.exec(path);
    if (m === null) return null;
    const [, name, index, quoted] = m;
    steps.push(index !== undefined ? Number(index) : (name ?? (JSON.parse(`"${quoted}"`) as string)));
  }
  return steps;
}
