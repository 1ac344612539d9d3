/** JSON text taken apart one level deep, each part as it is written. */
import type { Value } from "../../core/plan/transform.ts";
import { deepestJsonb } from "../../core/values/json-facts.ts";
import { walkJson } from "../../core/values/walk-json.ts";
import { realDigits } from "../../core/values/wire.ts";
import type { CastType } from "./cast-types.ts";
import { castValue } from "./cast-value.ts";
import { plainDecimal, withoutTrailingZeros } from "./decimal.ts";
import { refuse } from "./refuse.ts";

/** Null when it is valid JSON but no object. */
export function jsonMembers(text: string, column: string): Map<string, string> | null {
  const { isObject, keys, values } = partsOf(text, column);
  if (!isObject) return null;
  const members = new Map<string, string>();
  for (const [i, key] of keys.entries()) {
    if (members.has(key)) refuse(column, text, `the key ${JSON.stringify(key)} stands twice`);
    members.set(key, values[i] ?? "");
  }
  return members;
}

/** Null when it is valid JSON but no array. */
export function jsonElements(text: string, column: string): string[] | null {
  const { isArray, values } = partsOf(text, column);
  return isArray ? values : null;
}

/** The text without white space around it. */
export function wholeJson(text: string, column: string): string {
  partsOf(text, column);
  return text.trim();
}

/** A part as a cell: true and false are 1 and 0; a number that no double holds exactly stays its digits. */
export function jsonCell(raw: string, type: CastType | null, column: string): Value {
  if (raw === "null") return null;
  const first = raw.charCodeAt(0);
  const isText = first === 0x22;
  if (type === "jsonb") return raw;
  const nested = first === 0x7b || first === 0x5b;
  if (nested) return type === null || type === "text" ? raw : castValue(raw, type, column);
  if (isText) {
    const text = JSON.parse(raw) as string;
    if (!text.isWellFormed()) refuse(column, raw, "half of a surrogate pair is no character");
    return type === null ? text : castValue(text, type, column);
  }
  if (type !== null) return castValue(raw, type, column);
  if (raw === "true" || raw === "false") return raw === "true" ? 1n : 0n;
  return numberCell(raw);
}

function numberCell(raw: string): Value {
  if (/^-?\d{1,19}$/.test(raw) && raw !== "-0") {
    const integer = BigInt(raw);
    if (BigInt.asIntN(64, integer) === integer) return integer;
  }
  const real = Number(raw);
  const plain = plainDecimal(raw);
  if (!Number.isFinite(real) || plain === null) return raw;
  const back = withoutTrailingZeros(realDigits(real)).replace(/^-0$/, "0");
  return back === withoutTrailingZeros(plain) ? real : raw;
}

type Parts = {
  readonly isObject: boolean;
  readonly isArray: boolean;
  /** Of an object's members. */
  readonly keys: string[];
  /** Of its members or elements, as they are written. */
  readonly values: string[];
};

/** What stands between the outermost brackets. */
function partsOf(text: string, column: string): Parts {
  const keys: string[] = [];
  const values: string[] = [];
  let outermost: string | null = null;
  let depth = 0;
  let start = 0;
  const whole = (from: number, to: number): void => {
    if (depth === 1) values.push(text.slice(from, to));
  };
  const isJson = walkJson(text, deepestJsonb, {
    begin(bracket, from) {
      if (depth === 0) outermost = bracket;
      if (depth === 1) start = from;
      depth++;
    },
    end(_, to) {
      depth--;
      whole(start, to);
    },
    key(name) {
      if (depth === 1) keys.push(name);
    },
    string: (_, from, to) => whole(from, to),
    number: (_, from, to) => whole(from, to),
    word: (_, from, to) => whole(from, to),
  });
  if (!isJson) refuse(column, text, "this is no valid JSON");
  return { isObject: outermost === "{", isArray: outermost === "[", keys, values };
}
