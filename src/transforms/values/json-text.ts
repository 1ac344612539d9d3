/**
 * JSON text taken apart one level deep, each part as it is written: JSON.parse
 * would round numbers and lose the order of keys that look like numbers.
 */

import type { Value } from "../../core/plan/transform.ts";
import { jsonProblem } from "../../core/values/json-facts.ts";
import { realDigits } from "../../core/values/wire.ts";
import type { CastType } from "./cast-types.ts";
import { castValue } from "./cast-value.ts";
import { plainDecimal, withoutTrailingZeros } from "./decimal.ts";
import { refuse } from "./refuse.ts";

/** Null when it is valid JSON but no object. */
export function jsonMembers(text: string, column: string): Map<string, string> | null {
  checkJson(text, column);
  if (!text.trimStart().startsWith("{")) return null;
  const members = new Map<string, string>();
  for (const part of parts(text)) {
    const end = endOfString(part, 0);
    const key = JSON.parse(part.slice(0, end)) as string;
    if (members.has(key)) refuse(column, text, `the key ${JSON.stringify(key)} stands twice`);
    members.set(key, part.slice(part.indexOf(":", end) + 1).trim());
  }
  return members;
}

/** Null when it is valid JSON but no array. */
export function jsonElements(text: string, column: string): string[] | null {
  checkJson(text, column);
  return text.trimStart().startsWith("[") ? parts(text) : null;
}

/** The text without white space around it. */
export function wholeJson(text: string, column: string): string {
  checkJson(text, column);
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

function checkJson(text: string, column: string): void {
  if (jsonProblem(text) === "invalid") refuse(column, text, "this is no valid JSON");
}

/** What stands between the outermost brackets, split at its commas. The text is valid. */
function parts(text: string): string[] {
  const inner = text.trim().slice(1, -1);
  if (inner.trim() === "") return [];
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < inner.length; i++) {
    const c = inner.charCodeAt(i);
    if (c === 0x22) i = endOfString(inner, i) - 1;
    else if (c === 0x7b || c === 0x5b) depth++;
    else if (c === 0x7d || c === 0x5d) depth--;
    else if (c === 0x2c && depth === 0) {
      found.push(inner.slice(from, i).trim());
      from = i + 1;
    }
  }
  found.push(inner.slice(from).trim());
  return found;
}

/** Just after the closing quote of the string that begins there. */
function endOfString(text: string, from: number): number {
  for (let i = from + 1; ; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5c) i++;
    else if (c === 0x22 || Number.isNaN(c)) return i + 1;
  }
}
