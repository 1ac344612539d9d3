/**
 * A stored value in a column that the application made, read a second time for the proof: its canonical text, or why
 * the column does not take it as it is. Written apart from src/live-types on purpose; live-target.ts writes the same
 * text by SQL of PostgreSQL.
 */
import type { LiveProblem, LiveReading } from "../../../../core/schema/live-type.ts";
import { jsonbText } from "../values/json-text.ts";
import { canonicalText, hashText } from "./canonical.ts";
import { momentValue } from "./live-moments.ts";
import { booleanValue, digits, exactOf, floatValue, integerValue, numericValue } from "./live-numbers.ts";
import { meantValue } from "./live-origin.ts";
import { type LiveValue, no, type StoredValue, yes } from "./outcome.ts";

export function liveValue(reading: LiveReading, value: StoredValue): LiveValue {
  const found = byType(reading, meantValue(reading, value));
  if (!found.fits) return found;
  const answer = answerTo(reading, value);
  if (answer !== undefined) return no(answer !== null ? "respelled" : value.text === "" ? "empty" : "unreadable");
  if (reading.layout !== null && found.layout !== undefined && found.layout !== reading.layout) return no("layout");
  return found;
}

/** The server's answer for the value, where it was asked and does not return it unchanged. */
export function answerTo({ answers, type }: LiveReading, value: StoredValue): string | null | undefined {
  if (!type.domain && type.kind !== "asked") return undefined;
  const stored = {
    text: () => `t${value.text}`,
    integer: () => `i${value.number}`,
    real: () => `r${Object.is(value.number, -0) ? "-0" : String(value.number)}`,
    blob: () => `b${value.bytes.toString("hex")}`,
  };
  const key = stored[value.storage]();
  return Object.hasOwn(answers, key) ? (answers[key] ?? null) : undefined;
}

function byType(reading: LiveReading, value: StoredValue): LiveValue {
  const { kind } = reading.type;
  if (kind !== "bytea" && value.storage === "text" && (value.text === null || value.text.includes("\0")))
    return no("unreadable");
  switch (kind) {
    case "integer":
      return integerValue(reading, value);
    case "numeric":
      return numericValue(reading, value);
    case "float":
      return floatValue(reading, value);
    case "boolean":
      return booleanValue(value);
    case "date":
    case "time":
    case "timestamp":
    case "timestamptz":
      return momentValue(reading, value);
    case "uuid":
      return uuidValue(reading, value);
    case "bytea":
      return bytesValue(reading, value);
    default:
      return textValue(reading, value);
  }
}

/** What of a value is text: its own, a number's as SQLite casts it, a BLOB's where the pipeline says so. */
function textOf(reading: LiveReading, value: StoredValue): string | LiveProblem {
  switch (value.storage) {
    case "text":
      return value.text ?? "unreadable";
    case "integer":
      return String(value.number);
    case "real":
      return value.cast;
    case "blob": {
      const text = value.bytes.toString("utf8");
      const isText = Buffer.from(text, "utf8").equals(value.bytes) && !text.includes("\0");
      if (!isText || reading.type.kind === "asked") return "class";
      return reading.as.bytes === "utf8" ? text : "bytes";
    }
  }
}

function textValue(reading: LiveReading, value: StoredValue): LiveValue {
  const { type } = reading;
  const text = textOf(reading, value);
  if (value.storage === "blob" && (text === "class" || (text === "bytes" && reading.as.bytes !== "utf8")))
    return no(text === "bytes" && !bytesWouldFit(reading, value) ? "class" : (text as LiveProblem));
  const isNumber = value.storage === "integer" || value.storage === "real";
  const plain = type.kind === "text" || type.kind === "char";
  if (
    value.storage === "real" &&
    reading.type.base !== "interval" &&
    (Object.is(value.number, -0) || Math.abs(Number(value.number)) === Number.POSITIVE_INFINITY)
  )
    return no("unreadable");
  if (plain && isNumber && reading.numbersAmongTexts) return no("class");
  if (plain && value.storage === "text" && reading.json && text.startsWith('"')) return no("json");
  if (type.kind === "asked") return askedValue(reading, value, text);
  if (value.storage === "text" && text === "" && !plain) return no("empty");
  return asTextType(reading, text);
}

function asTextType({ type }: LiveReading, text: string): LiveValue {
  if ((type.kind === "jsonb" || type.kind === "json") && depthOf(text) > 500) return no("unreadable");
  if (type.kind === "jsonb") {
    const canonical = jsonbText(text);
    return canonical === null || hasOddNumber(text) ? no("unreadable") : yes(`j${hashText(canonical)}`);
  }
  if (type.kind === "json" && !isJson(text)) return no("unreadable");
  if (type.kind === "char" && / $/.test(text)) return no("blanks");
  if (type.size !== null && Array.from(text).length > type.size) return no("too long");
  return yes(canonicalText(text));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A zero below zero, which numeric has not, or a number near the end of what it holds. */
function hasOddNumber(text: string): boolean {
  const numbers = text.replace(/"(?:\\.|[^"\\])*"/g, "").match(/-?\d[\d.eE+-]*/g) ?? [];
  return numbers.some((number) => {
    const [digits = "", exponent = "0"] = number.split(/e/i);
    return /^-[0.]+$/.test(digits) || number.length + Math.abs(Number(exponent)) > 16_000;
  });
}

/** Nested lists and objects. */
function depthOf(text: string): number {
  if (text.length <= 500) return 0;
  let [depth, deepest] = [0, 0];
  for (const [sign] of text.replace(/"(?:\\.|[^"\\])*"/g, "").matchAll(/[[\]{}]/g)) {
    depth += sign === "[" || sign === "{" ? 1 : -1;
    if (depth > deepest) deepest = depth;
  }
  return deepest;
}

function bytesWouldFit(reading: LiveReading, { bytes }: StoredValue): boolean {
  return asTextType(reading, bytes.toString("utf8")).fits;
}

function askedValue(reading: LiveReading, value: StoredValue, text: string): LiveValue {
  const { base } = reading.type;
  const isNumber = value.storage === "integer" || value.storage === "real";
  if (base === "interval" && isNumber) return intervalValue(reading, value);
  const array = base.endsWith("[]") && value.storage === "text" && text.startsWith("[") && isJson(text);
  const sent = array ? listText(text) : text;
  if (sent === null) return no("unreadable");
  if (array && reading.as.arrays !== "json") return no("array");
  return yes(canonicalText(sent));
}

function intervalValue({ as }: LiveReading, value: StoredValue): LiveValue {
  if (as.interval === undefined) return no("interval");
  const exact = exactOf(digits(value));
  const power = exact === null ? -1 : { s: 6, ms: 3, us: 0, ticks: -1 }[as.interval] - exact.places;
  if (exact === null || power < 0) return no("digits");
  return yes(canonicalText(clockText(exact.units * 10n ** BigInt(power))));
}

function clockText(micros: bigint): string {
  const sign = micros < 0n ? "-" : "";
  const size = micros < 0n ? -micros : micros;
  const parts = [size / 3_600_000_000n, (size / 60_000_000n) % 60n, (size / 1_000_000n) % 60n].map((n) =>
    String(n).padStart(2, "0"),
  );
  const rest = size % 1_000_000n;
  return `${sign}${parts.join(":")}${rest === 0n ? "" : `.${String(rest).padStart(6, "0").replace(/0+$/, "")}`}`;
}

/** A JSON list as array_out writes it; numbers keep their digits, marked by a character that no text may hold. */
function listText(text: string): string | null {
  const marked = text.replace(/("(?:\\.|[^"\\])*")|(-?\d[\d.eE+-]*)/g, (_all, quoted?: string, number?: string) =>
    quoted === undefined ? `"\\u0000${number}"` : quoted,
  );
  try {
    JSON.parse(text);
    const items: unknown = JSON.parse(marked);
    return Array.isArray(items) ? listOf(items) : null;
  } catch {
    return null;
  }
}

function listOf(items: readonly unknown[]): string | null {
  // Either all of its items are lists, or none.
  if (items.some(Array.isArray) && !items.every(Array.isArray)) return null;
  const parts = items.map((item) => {
    if (Array.isArray(item)) return listOf(item);
    if (item === null) return "NULL";
    if (typeof item === "string" && item.startsWith("\0")) return item.slice(1);
    if (typeof item === "boolean") return item ? "t" : "f";
    if (typeof item !== "string") return null;
    return /^$|^null$|["{},\\\s]/i.test(item) ? `"${item.replace(/(["\\])/g, "\\$1")}"` : item;
  });
  return parts.includes(null) ? null : `{${parts.join(",")}}`;
}

function uuidValue({ as }: LiveReading, value: StoredValue): LiveValue {
  if (value.storage === "blob") {
    if (value.bytes.length !== 16) return no("class");
    if (as.uuid === undefined) return no("bytes");
    const hex = value.bytes.toString("hex");
    const pairs = hex.match(/../g) ?? [];
    const swapped = [
      ...pairs.slice(0, 4).reverse(),
      ...pairs.slice(4, 6).reverse(),
      ...pairs.slice(6, 8).reverse(),
      ...pairs.slice(8),
    ];
    return yes(canonicalText(dashed(as.uuid === "rfc" ? hex : swapped.join(""))));
  }
  if (value.storage !== "text" || value.text === null) return no("unreadable");
  if (value.text === "") return no("empty");
  const bare = value.text.replace(/^\{(.*)\}$/, "$1");
  const groups = bare.split("-");
  const whole = groups.every((group) => group !== "" && group.length % 4 === 0);
  if (!whole || !/^[0-9a-f]{32}$/i.test(groups.join(""))) return no("unreadable");
  return yes(canonicalText(dashed(bare.replaceAll("-", "").toLowerCase())));
}

function dashed(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function bytesValue({ as }: LiveReading, value: StoredValue): LiveValue {
  if (value.storage === "blob") return yes(canonicalBytes(value.bytes));
  if (value.storage !== "text") return no("class");
  if (as.bytes === undefined) return no("bytes");
  if (as.bytes === "utf8") return value.wide ? no("unreadable") : yes(canonicalBytes(value.bytes));
  if (value.text === null) return no("unreadable");
  const pattern =
    as.bytes === "hex" ? /^([0-9a-f]{2})*$/i : /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
  return pattern.test(value.text) ? yes(canonicalBytes(Buffer.from(value.text, as.bytes))) : no("unreadable");
}

function canonicalBytes(bytes: Buffer): string {
  return `b${bytes.length}:${hashText(bytes)}`;
}
