/** Numbers, and truth as 0 and 1. */
import type { LiveType } from "../core/schema/live-type.ts";
import { type Cell, realDigits } from "../core/values/wire.ts";
import { decimalOf, plainText, sameDecimal, wholeDigits } from "./decimal.ts";
import type { Read } from "./read.ts";

const unreadable: Read = { ok: false, problem: "unreadable" };

/** The digits of a number or a text; a REAL with the fewest that read back as the same double. */
export function digitsOf(cell: Cell): string {
  const text = cell.bytes.toString("utf8");
  return cell.storage === "real" && Number.isFinite(Number(text)) ? realDigits(Number(text)) : text;
}

export function readInteger({ size }: LiveType, cell: Cell): Read {
  if (cell.storage === "blob") return { ok: false, problem: "class" };
  const text = digitsOf(cell);
  if (text === "") return { ok: false, problem: "empty" };
  const number = decimalOf(text);
  if (number === null) return unreadable;
  if (number.scale > 0) return { ok: false, problem: "fraction" };
  if (wholeDigits(number) > 19) return { ok: false, problem: "too large" };
  const digits = plainText(number);
  const bits = BigInt((size ?? 8) * 8 - 1);
  const value = BigInt(digits);
  return value >= -(2n ** bits) && value < 2n ** bits
    ? { ok: true, text: digits }
    : { ok: false, problem: "too large" };
}

export function readNumeric({ size, scale }: LiveType, cell: Cell): Read {
  if (cell.storage === "blob") return { ok: false, problem: "class" };
  const text = digitsOf(cell);
  if (text === "") return { ok: false, problem: "empty" };
  if (text === "NaN") return { ok: true, text };
  if (text === "Infinity" || text === "-Infinity")
    return size === null ? { ok: true, text } : { ok: false, problem: "too large" };
  const number = decimalOf(text);
  if (number === null) return unreadable;
  // numeric holds 131,072 digits before the point and 16,383 after it.
  if (wholeDigits(number) > (size === null ? 131_072 : size - (scale ?? 0))) return { ok: false, problem: "too large" };
  if (number.scale > (size === null ? 16_383 : (scale ?? 0))) return { ok: false, problem: "digits" };
  // As written: numeric keeps zeros at the end.
  return { ok: true, text };
}

export function readFloat({ size }: LiveType, cell: Cell): Read {
  if (cell.storage === "blob") return { ok: false, problem: "class" };
  const text = cell.bytes.toString("utf8");
  if (text === "") return { ok: false, problem: "empty" };
  const four = size === 4;
  if (cell.storage === "text") {
    if (/^(NaN|-?Infinity|-0)$/.test(text)) return { ok: true, text };
    const number = decimalOf(text);
    if (number === null) return unreadable;
    const value = Number(text);
    const kept = four ? Math.fround(value) : value;
    if (!Number.isFinite(kept)) return { ok: false, problem: "too large" };
    const back = decimalOf(four ? shortestFloat4(kept) : realDigits(kept));
    return sameDecimal(number, back) ? { ok: true, text } : { ok: false, problem: "digits" };
  }
  const value = Number(text);
  if (cell.storage === "integer" && BigInt(value) !== BigInt(text)) return { ok: false, problem: "digits" };
  if (!four || Object.is(Math.fround(value), value)) return { ok: true, text: floatText(value) };
  return { ok: false, problem: Number.isFinite(Math.fround(value)) ? "digits" : "too large" };
}

/** A double as PostgreSQL reads it back exactly. */
export function floatText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The fewest digits that read back as the same four bytes. */
export function shortestFloat4(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return realDigits(Number(text));
  }
  return realDigits(Number(value.toPrecision(9)));
}

/** Null for a mixture, which could not be told again. */
function casingOf(text: string): string | null {
  const lower = text.toLowerCase();
  if (text === lower) return "lower";
  if (text === text.toUpperCase()) return "upper";
  return text === `${text.slice(0, 1).toUpperCase()}${lower.slice(1)}` ? "title" : null;
}

const spellings: Readonly<Record<string, string>> = {
  true: "true",
  false: "true",
  yes: "yes",
  no: "yes",
  y: "y",
  n: "y",
  on: "on",
  off: "on",
  "1": "1",
  "0": "1",
};

export function readBoolean(cell: Cell): Read {
  const text = digitsOf(cell);
  if (cell.storage === "blob") return { ok: false, problem: "class" };
  if (text === "") return { ok: false, problem: "empty" };
  if (cell.storage !== "text") {
    if (/^[01](\.0)?$/.test(text)) return { ok: true, text: text.startsWith("1") ? "t" : "f", layout: "number" };
    return unreadable;
  }
  if (text === "t" || text === "f") return { ok: true, text, layout: "t" };
  const word = text.toLowerCase();
  const pair = /^[tf]$/.test(word) ? "t" : spellings[word];
  const cased = casingOf(text);
  if (pair === undefined || cased === null) return unreadable;
  return {
    ok: true,
    text: /^(t|true|yes|y|on|1)$/.test(word) ? "t" : "f",
    layout: `${pair} ${cased}`,
    respelled: true,
  };
}
