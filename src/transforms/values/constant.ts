/** Values written in the pipeline file, as cells: 5 is an INTEGER, 5.5 a REAL, true the INTEGER 1 of a BOOLEAN column. */
import { z } from "zod";
import type { ShapeColumn, Value } from "../../core/plan/transform.ts";
import { affinityOf } from "../../core/schema/affinity.ts";
import { declaredKind } from "../../core/schema/declared-type.ts";

export const scalar = z.union([
  z.string(),
  z.number().refine(isExact, "the number has more digits than can be kept here; as a text in quotes it is exact"),
  z.boolean(),
  z.null(),
]);
export type Scalar = z.infer<typeof scalar>;

export function cellOf(value: Scalar): Value {
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value !== "number") return value;
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
}

/** For a column that is there: among texts and JSON a truth is written out, for there nothing tells 1 from a number. */
export function cellFor(value: Scalar, column: ShapeColumn): Value {
  return typeof value === "boolean" ? truthCell(value, column) : cellOf(value);
}

export function truthCell(
  value: boolean,
  { declaredType, pgType }: Pick<ShapeColumn, "declaredType" | "pgType">,
): Value {
  const written = affinityOf(pgType ?? declaredType) === "TEXT" || declaredKind(pgType ?? declaredType) === "json";
  return written ? String(value) : value ? 1n : 0n;
}

/** Of a column whose values all are this one, or like it. */
export function isTruth(value: Scalar): true | undefined {
  return typeof value === "boolean" ? true : undefined;
}

/** A whole number beyond 2^53 was rounded before anyone could look at it. One with an exponent is meant as it is. */
function isExact(value: number): boolean {
  return Number.isSafeInteger(value) || !Number.isInteger(value) || Math.abs(value) >= 1e21;
}

export function declaredTypeOf(value: Scalar): string {
  if (typeof value === "boolean") return "BOOLEAN";
  if (typeof value === "number") return Number.isSafeInteger(value) ? "INTEGER" : "REAL";
  return "TEXT";
}
