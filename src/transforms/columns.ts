/** Columns of a shape: found by name, changed, added. */

import { nearest } from "../core/messages/nearest.ts";
import type { ApplyStep, Shape, ShapeColumn, Value } from "../core/plan/transform.ts";
import { foldName, sameName } from "../core/schema/names.ts";
import type { OutputShape, StepContext, StepDraft } from "./definition.ts";
import { withinLength } from "./values/pg-value.ts";

/** −1 and a problem when there is none. */
export function columnAt(shape: Shape, name: string, context: StepContext): number {
  const at = shape.columns.findIndex((column) => sameName(column.name, name));
  if (at >= 0) return at;
  const known = shape.columns.map((column) => column.name);
  const meant = known.find((other) => foldName(other) === foldName(name)) ?? nearest(name, known);
  context.problem(
    `there is no column ${name}${meant === null ? ` (${known.join(", ")})` : `; did you mean ${meant}?`}`,
  );
  return -1;
}

/** Without missing ones, which are reported as problems. */
export function columnsAt(shape: Shape, names: string | readonly string[], context: StepContext): number[] {
  const given = typeof names === "string" ? [names] : names;
  return given.map((name) => columnAt(shape, name, context)).filter((at) => at >= 0);
}

/** A step that changes cells where they stand. `column` is the cell's, for messages. */
export function changeCells(
  shape: OutputShape,
  at: readonly number[],
  become: (column: ShapeColumn) => BecomeType,
  change: (value: Value, column: string) => Value,
): StepDraft {
  const names = shape.columns.map(({ name }) => name);
  const columns = shape.columns.map((column, i) => (at.includes(i) ? changed(column, become) : column));
  return {
    on: at.map((i) => names[i] ?? "").join(", "),
    outputs: [{ ...shape, columns }],
    rowForRow: true,
    start: (): ApplyStep => (row, emit) => {
      const out = row.slice();
      for (const i of at) {
        const value = change(out[i] ?? null, names[i] ?? "");
        out[i] = typeof value === "string" ? withinLength(value, columns[i]?.pgType, names[i] ?? "") : value;
      }
      emit(0, out);
    },
  };
}

/** Without a declared type the column keeps the one it has. */
export type BecomeType = Partial<Pick<ShapeColumn, "declaredType" | "pgType" | "truth">>;

export function newColumn(name: string, declaredType: string, pgType?: string, truth?: true): ShapeColumn {
  return {
    name,
    declaredType,
    ...(pgType === undefined ? {} : { pgType }),
    ...(truth === undefined ? {} : { truth }),
    origin: null,
    changed: true,
  };
}

export function sameType(): Record<string, never> {
  return {};
}

/** Texts of a PostgreSQL type that is not text itself are not safe to write freely: such a column becomes text. */
export function asText(column: ShapeColumn): BecomeType {
  return column.pgType === undefined || isCharacters(column.pgType) ? {} : { declaredType: "TEXT" };
}

export function isCharacters(pgType: string): boolean {
  return /^(text|citext|character varying|varchar|character|char|bpchar)\b(?!.*\[\])/.test(pgType);
}

function changed(column: ShapeColumn, become: Parameters<typeof changeCells>[2]): ShapeColumn {
  const { name, declaredType, origin } = column;
  const next = become(column);
  const { pgType, truth } = "declaredType" in next ? next : column;
  return {
    name,
    declaredType: next.declaredType ?? declaredType,
    ...(pgType === undefined ? {} : { pgType }),
    ...(truth === undefined ? {} : { truth }),
    origin,
    changed: true,
  };
}
