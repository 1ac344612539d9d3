/** Conditions of `filter`. Numbers compare by value whatever their class, texts by their bytes; values of different kinds are never equal and have no order. */
import { z } from "zod";
import type { Shape, Value } from "../../core/plan/transform.ts";
import { columnAt } from "../columns.ts";
import type { StepContext } from "../definition.ts";
import { columnName } from "./column-names.ts";
import { cellOf, type Scalar, scalar } from "./constant.ts";
import { refuse } from "./refuse.ts";

const comparisons = ["=", "!=", "<", "<=", ">", ">=", "contains", "starts with", "ends with"] as const;
type Comparison = (typeof comparisons)[number];

export type Condition =
  | { readonly column: string; readonly op: Comparison; readonly value: Scalar }
  | { readonly column: string; readonly op: "in" | "not in"; readonly value: readonly Scalar[] }
  | { readonly column: string; readonly op: "is null" | "is not null" }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

export const condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    z.strictObject({ column: columnName, op: z.enum(comparisons), value: scalar }),
    z.strictObject({ column: columnName, op: z.enum(["in", "not in"]), value: z.array(scalar).min(1) }),
    z.strictObject({ column: columnName, op: z.enum(["is null", "is not null"]) }),
    z.strictObject({ all: z.array(condition).min(1) }),
    z.strictObject({ any: z.array(condition).min(1) }),
    z.strictObject({ not: condition }),
  ]),
);

type Holds = (row: readonly Value[]) => boolean;

export function compileCondition(given: Condition, shape: Shape, context: StepContext): Holds {
  if ("all" in given) {
    const parts = given.all.map((part) => compileCondition(part, shape, context));
    return (row) => parts.every((holds) => holds(row));
  }
  if ("any" in given) {
    const parts = given.any.map((part) => compileCondition(part, shape, context));
    return (row) => parts.some((holds) => holds(row));
  }
  if ("not" in given) {
    const holds = compileCondition(given.not, shape, context);
    return (row) => !holds(row);
  }
  const at = columnAt(shape, given.column, context);
  if (given.op === "is null") return (row) => (row[at] ?? null) === null;
  if (given.op === "is not null") return (row) => (row[at] ?? null) !== null;
  const values = "value" in given && Array.isArray(given.value) ? given.value : ["value" in given ? given.value : null];
  if (values.includes(null)) context.problem("nothing equals NULL; the ops are `is null` and `is not null`");
  const cells = values.map((value) => cellOf(value as Scalar));
  const { pgType } = shape.columns[at] ?? {};
  const unlike = cells.find((cell) => cell !== null && !isComparable(cell, pgType));
  if (unlike !== undefined)
    context.problem(
      `${given.column} is ${pgType}; ${typeof unlike === "string" ? `"${unlike}"` : unlike} never equals any of its values`,
    );
  const test = tests[given.op];
  return (row) => {
    const value = row[at] ?? null;
    if (value !== null && typeof value === "object" && "rawText" in value)
      return refuse(given.column, value, "the text is not valid in its encoding");
    return value !== null && test(isDigits(pgType) ? numberOf(value) : value, cells);
  };
}

/** Types whose values are digits in a text. */
function isDigits(pgType: string | undefined): boolean {
  return pgType !== undefined && /^(numeric|decimal|real|double precision)\b(?!.*\[\])/.test(pgType);
}

function isComparable(cell: Value, pgType: string | undefined): boolean {
  if (pgType === undefined) return true;
  if (isDigits(pgType) || /^(smallint|integer|bigint|boolean)$/.test(pgType)) return isNumber(cell);
  return typeof cell === "string" && pgType !== "bytea";
}

/** Exact where there is no fraction; otherwise the nearest double, as the file's own numbers are. */
function numberOf(value: Exclude<Value, null>): Exclude<Value, null> {
  if (typeof value !== "string") return value;
  return /^-?\d+(\.0+)?$/.test(value) ? BigInt(value.split(".")[0] ?? "") : Number(value);
}

type Test = (value: Exclude<Value, null>, given: readonly Value[]) => boolean;

const tests: Readonly<Record<Comparison | "in" | "not in", Test>> = {
  "=": (value, given) => given.some((one) => order(value, one) === 0),
  in: (value, given) => given.some((one) => order(value, one) === 0),
  "!=": (value, given) => given.every((one) => order(value, one) !== 0),
  "not in": (value, given) => given.every((one) => order(value, one) !== 0),
  "<": ordered((sign) => sign < 0),
  "<=": ordered((sign) => sign <= 0),
  ">": ordered((sign) => sign > 0),
  ">=": ordered((sign) => sign >= 0),
  contains: texts((text, part) => text.includes(part)),
  "starts with": texts((text, part) => text.startsWith(part)),
  "ends with": texts((text, part) => text.endsWith(part)),
};

function ordered(wanted: (sign: number) => boolean): Test {
  return (value, [given = null]) => {
    const sign = order(value, given);
    return sign !== null && wanted(sign);
  };
}

function texts(wanted: (text: string, part: string) => boolean): Test {
  return (value, [given]) => typeof value === "string" && typeof given === "string" && wanted(value, given);
}

/** Null for values of different kinds. JavaScript compares a bigint with a number exactly. */
function order(a: Value, b: Value): number | null {
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === "string" && typeof b === "string")
    return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
  return null;
}

function isNumber(value: Value): value is bigint | number {
  return typeof value === "bigint" || typeof value === "number";
}
