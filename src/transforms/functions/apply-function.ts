/** Rows through a user's function: what it is given, and what it may give back. */

import { messageOf, RowhaulError } from "../../core/messages/errors.ts";
import type { ApplyStep, Shape, ShapeColumn, Value } from "../../core/plan/transform.ts";
import { affinityOf } from "../../core/schema/affinity.ts";
import { shorten } from "../../core/values/render-cell.ts";
import { truthCell } from "../values/constant.ts";
import { valueOfPgType } from "../values/pg-value.ts";
import type { LoadedFunction } from "./load-functions.ts";

export function applyFunction(
  loaded: LoadedFunction | undefined,
  before: Shape,
  columns: readonly ShapeColumn[],
  key: readonly string[],
): ApplyStep {
  const names = before.columns.map(({ name }) => name);
  const known = new Set(columns.map(({ name }) => name));
  const info = Object.freeze({ table: before.table });
  return (row, emit) => {
    const given = Object.freeze(Object.fromEntries(names.map((name, i) => [name, seen(row[i] ?? null)])));
    const rows = rowsOf(call(loaded, given, info), info.table).map(plainRow);
    const before = (name: string): Value => row[names.indexOf(name)] ?? null;
    checkKey(rows, given, before, key);
    for (const returned of rows) {
      const surplus = Object.keys(returned).find((name) => !known.has(name));
      if (surplus !== undefined)
        throw rubbish(surplus, returned[surplus], "it is no column; name it in the export `columns`");
      emit(
        0,
        columns.map((column, i) => {
          const value = Object.hasOwn(returned, column.name) ? returned[column.name] : undefined;
          // Bytes may have been written into; they are the same class either way.
          const isUntouched =
            i < names.length && Object.is(value, given[column.name]) && !(value instanceof Uint8Array);
          return isUntouched ? (row[i] ?? null) : fitted(cell(value, column), column);
        }),
      );
    }
  };
}

/** A text that is not valid in its encoding is handed over as it is, to be passed on. */
function seen(value: Value): unknown {
  // A copy: a function that writes into bytes must not change what other steps were given.
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  return value;
}

/** Each cell is asked for once, and what a getter or a proxy throws is the function's own doing. */
function plainRow(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  try {
    return Object.fromEntries(Object.keys(row).map((name) => [name, row[name]]));
  } catch (thrown) {
    throw failure("The row that the function returned cannot be read", thrown);
  }
}

function failure(what: string, thrown: unknown): RowhaulError {
  return new RowhaulError("TRANSFORM_FAILED", `${what}: ${shorten(thrownText(thrown), 500)}`, { cause: thrown });
}

/** Anything may be thrown, even what has no text. */
function thrownText(thrown: unknown): string {
  try {
    return messageOf(thrown);
  } catch {
    return named(thrown);
  }
}

function call(
  loaded: LoadedFunction | undefined,
  row: Readonly<Record<string, unknown>>,
  info: { table: string },
): unknown {
  try {
    return loaded?.call(row, info);
  } catch (thrown) {
    throw failure("The function threw", thrown);
  }
}

function rowsOf(result: unknown, table: string): Readonly<Record<string, unknown>>[] {
  if (result === null) return [];
  const rows: unknown[] = Array.isArray(result) ? result : [result];
  for (const row of rows) {
    const isRow = typeof row === "object" && row !== null && !Array.isArray(row) && !(row instanceof Promise);
    if (!isRow)
      throw new RowhaulError(
        "TRANSFORM_RUBBISH",
        `The function for ${table} returned ${named(row)} where a row, rows or null belong.`,
        row instanceof Promise ? { hint: "It must not be async: rows pass one by one." } : {},
      );
  }
  return rows as Readonly<Record<string, unknown>>[];
}

/** Where the source's type is known, its values are cells as that type writes them. */
function fitted(value: Value, column: ShapeColumn): Value {
  return column.pgType === undefined ? value : valueOfPgType(value, column.pgType, column.name);
}

/** With the key as it was, rowids, references and identities stay true. */
function checkKey(
  rows: readonly Readonly<Record<string, unknown>>[],
  given: Readonly<Record<string, unknown>>,
  before: (column: string) => Value,
  key: readonly string[],
): void {
  if (key.length === 0) return;
  const hint = "Set `function: { file: …, keys: made }` if it gives rows keys of their own.";
  if (rows.length > 1)
    throw new RowhaulError("TRANSFORM_FAILED", `The function made ${rows.length} rows with one key.`, { hint });
  const [row] = rows;
  const other = key.find((name) => row !== undefined && !isKept(row[name], given[name], before(name)));
  if (other !== undefined)
    throw new RowhaulError("TRANSFORM_FAILED", `The function changed the key column ${other}.`, {
      hint,
      place: { column: other },
    });
}

/** Bytes were handed over as a copy, and may have been written into. */
function isKept(after: unknown, given: unknown, before: Value): boolean {
  if (!(before instanceof Uint8Array)) return Object.is(after, given);
  return after instanceof Uint8Array && Buffer.compare(after, before) === 0;
}

function cell(value: unknown, column: ShapeColumn): Value {
  if (value === null) return null;
  switch (typeof value) {
    case "string":
      return value.isWellFormed() ? value : reject(column, value, "half of a surrogate pair is no character");
    case "boolean":
      return truthCell(value, column);
    case "bigint":
      return BigInt.asIntN(64, value) === value ? value : reject(column, value, "the integer has more than 64 bits");
    case "number":
      return numberCell(value, column);
    case "undefined":
      return reject(column, value, "undefined is no value; null is NULL");
    case "object":
      return objectCell(value, column);
    default:
      return reject(column, value, `a ${typeof value} is no value`);
  }
}

function numberCell(value: number, column: ShapeColumn): Value {
  if (Number.isNaN(value)) return reject(column, value, "NaN is no value");
  const { pgType, declaredType } = column;
  const isReal = pgType === undefined ? affinityOf(declaredType) === "REAL" : /^(real|double|float)/i.test(pgType);
  if (isReal || !Number.isInteger(value) || Object.is(value, -0)) return value;
  // Beyond 2^53 the number may be another than the function meant.
  return Number.isSafeInteger(value) ? BigInt(value) : value;
}

function objectCell(value: object, column: ShapeColumn): Value {
  if (value instanceof Promise) return reject(column, value, "a Promise is no value; the function must not be async");
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? reject(column, value, "the date is invalid") : value.toISOString();
  if ("rawText" in value && value.rawText instanceof Uint8Array) return { rawText: value.rawText };
  let text: string | undefined;
  try {
    text = JSON.stringify(value, refuseInside) as string | undefined;
  } catch (thrown) {
    return reject(column, value, shorten(thrownText(thrown), 500));
  }
  return text ?? reject(column, value, "it has no JSON");
}

/** What JSON.stringify would quietly leave out or make null of. */
function refuseInside(key: string, value: unknown): unknown {
  const isLost =
    value === undefined ||
    typeof value === "function" ||
    typeof value === "symbol" ||
    (typeof value === "object" && value !== null && !hasJson(value)) ||
    (typeof value === "number" && !Number.isFinite(value)) ||
    (typeof value === "string" && !value.isWellFormed());
  if (isLost) throw new Error(`${named(value)} at ${JSON.stringify(key)} has no place in JSON`);
  return value;
}

/** A Map, a RegExp, an Error and the like would be `{}`; bytes an object of numbers. */
function hasJson(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function reject(column: ShapeColumn, value: unknown, reason: string): never {
  throw rubbish(column.name, value, reason);
}

function rubbish(column: string, value: unknown, reason: string): RowhaulError {
  return new RowhaulError("TRANSFORM_RUBBISH", `The function returned ${named(value)} for ${column}: ${reason}.`, {
    place: { column, sample: named(value) },
  });
}

function named(value: unknown): string {
  if (typeof value === "string") return shorten(JSON.stringify(value));
  if (typeof value === "object" && value !== null) return `a ${kindOf(value)}`;
  return typeof value === "function" || typeof value === "symbol" ? `a ${typeof value}` : shorten(String(value));
}

function kindOf(value: object): string {
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null;
  const name = prototype?.constructor?.name;
  return typeof name === "string" && name !== "" ? name : "object";
}
