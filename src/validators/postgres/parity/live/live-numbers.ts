/** Numbers for the proof: as fractions of integers, so that no double rounds on the way. */
import type { LiveReading } from "../../../../core/schema/live-type.ts";
import { decimalText } from "../values/number-text.ts";
import { type LiveValue, no, type StoredValue, yes } from "./outcome.ts";

/** `units` × 10^−places. */
export type Exact = { readonly units: bigint; readonly places: number };

/** Null where the text is no plain number; a zero below zero is none. */
export function exactOf(text: string): Exact | null {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,6}))?$/.exec(text);
  if (parts === null) return null;
  const [, sign, whole = "", fraction = "", exponent = "0"] = parts;
  if (whole.length > 1 && whole.startsWith("0")) return null;
  const units = BigInt(whole + fraction);
  if (units === 0n && sign === "-") return null;
  return shortest({ units: sign === "-" ? -units : units, places: fraction.length - Number(exponent) });
}

/** Without zeros at the end. */
export function shortest({ units, places }: Exact): Exact {
  if (units === 0n) return { units, places: 0 };
  let [rest, at] = [units, places];
  while (rest % 10n === 0n) {
    rest /= 10n;
    at -= 1;
  }
  return { units: rest, places: at };
}

/** As trim_scale(numeric)::text. */
export function exactText({ units, places }: Exact): string {
  if (places <= 0) return String(units * 10n ** BigInt(-places));
  const digits = String(units < 0n ? -units : units).padStart(places + 1, "0");
  return `${units < 0n ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** The digits of a value: of a REAL the fewest that read back as the same double. */
export function digits(value: StoredValue): string {
  if (value.storage === "text") return value.text ?? "";
  return typeof value.number === "number" ? decimalText(value.number) : String(value.number);
}

export function integerValue({ type }: LiveReading, value: StoredValue): LiveValue {
  if (value.storage === "blob") return no("class");
  const text = digits(value);
  if (text === "") return no("empty");
  const exact = exactOf(text);
  if (exact === null) return no("unreadable");
  if (exact.places > 0) return no("fraction");
  if (exact.places < -19) return no("too large");
  const number = exact.units * 10n ** BigInt(-exact.places);
  return BigInt.asIntN((type.size ?? 8) * 8, number) === number ? yes(`i${number};`) : no("too large");
}

export function numericValue({ type }: LiveReading, value: StoredValue): LiveValue {
  if (value.storage === "blob") return no("class");
  const text = digits(value);
  if (text === "") return no("empty");
  if (text === "NaN") return yes("dNaN;");
  if (text === "Infinity" || text === "-Infinity") return type.size === null ? yes(`d${text};`) : no("too large");
  const exact = exactOf(text);
  if (exact === null) return no("unreadable");
  const { size, scale } = type;
  const length = String(exact.units < 0n ? -exact.units : exact.units).length;
  const before = exact.units === 0n ? 0 : length - exact.places;
  if (before > (size === null ? 131_072 : size - (scale ?? 0))) return no("too large");
  if (exact.places > (size === null ? 16_383 : (scale ?? 0))) return no("digits");
  return yes(`d${exactText(exact)};`);
}

export function floatValue({ type }: LiveReading, value: StoredValue): LiveValue {
  if (value.storage === "blob") return no("class");
  const four = type.size === 4;
  const kept = (number: number): number => (four ? Math.fround(number) : number);
  if (value.storage !== "text") {
    const number = Number(value.number);
    if (value.storage === "integer" && BigInt(number) !== value.number) return no("digits");
    if (Object.is(kept(number), number)) return yes(`r${eightBytes(number)}`);
    return no(Number.isFinite(kept(number)) ? "digits" : "too large");
  }
  const text = value.text ?? "";
  if (text === "") return no("empty");
  if (["NaN", "Infinity", "-Infinity", "-0"].includes(text)) return yes(`r${eightBytes(Number(text))}`);
  const exact = exactOf(text);
  if (exact === null) return no("unreadable");
  const number = kept(Number(text));
  if (!Number.isFinite(number)) return no("too large");
  const written = exactOf(four ? fourByteText(number) : decimalText(number));
  return written !== null && exactText(written) === exactText(exact) ? yes(`r${eightBytes(number)}`) : no("digits");
}

/** The first of 1 to 9 digits that gives the four bytes back. */
export function fourByteText(number: number): string {
  const enough = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((count) => Math.fround(Number(number.toPrecision(count))) === number);
  return decimalText(Number(number.toPrecision(enough ?? 9)));
}

function eightBytes(number: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(number);
  // One NaN stands for all.
  return Number.isNaN(number) ? "7ff8000000000000" : bytes.toString("hex");
}

const words = [
  ["t", "f"],
  ["true", "false"],
  ["yes", "no"],
  ["y", "n"],
  ["on", "off"],
  ["1", "0"],
] as const;

export function booleanValue(value: StoredValue): LiveValue {
  if (value.storage === "blob") return no("class");
  if (value.storage !== "text") {
    const truth =
      value.number === 1n || value.number === 1 ? "y" : value.number === 0n || Object.is(value.number, 0) ? "f" : null;
    return truth === null ? no("unreadable") : yes(truth, "number");
  }
  const text = value.text ?? "";
  if (text === "") return no("empty");
  const pair = words.find((both) => both.some((word) => word === text.toLowerCase()));
  if (pair === undefined) return no("unreadable");
  const truth = text.toLowerCase() === pair[0] ? "y" : "f";
  if (text === "t" || text === "f") return yes(truth, "t");
  const cased = [
    ["lower", /^[a-z01]+$/],
    ["upper", /^[A-Z]+$/],
    ["title", /^[A-Z][a-z]+$/],
  ].find(([, shape]) => (shape as RegExp).test(text));
  return cased === undefined ? no("unreadable") : yes(truth, `${pair[0]} ${cased[0]}`);
}
