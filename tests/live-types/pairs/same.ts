/**
 * Is what PostgreSQL writes of a column the value that SQLite stored? Under these equivalences and no others: the same
 * text; 0 and 1 for f and t, or one spelling of truth in the column; one instant; one number; JSON by its parsed value;
 * a uuid by its bits; char(n) without its blanks; and the layouts of dates that a column may be written in.
 */
import { jsonOf, sameJson } from "./json.ts";
import type { PairType } from "./kinds.ts";
import { instantOf, momentOf, wallOf } from "./moment.ts";
import { type Cell, type Stored, textOf } from "./stored.ts";

/** The text that a person would send for a value; null where it has none. */
export function naturalText({ as }: PairType, { value, cast }: Cell): string | null {
  switch (value.storage) {
    case "integer":
      return String(value.value);
    case "real":
      if (as === "same text" || as === "char" || as === "json" || as === "jsonb") return cast;
      return Object.is(value.value, -0) ? "-0" : String(value.value);
    case "text": {
      const text = textOf(value);
      return text?.includes("\0") === true ? null : text;
    }
    case "blob":
      return as === "bytea" ? `\\x${value.bytes.toString("hex")}` : null;
  }
}

/** `written`: as the type's output function writes it. */
export function isSame(type: PairType, cell: Cell, written: string): boolean {
  const { value } = cell;
  const natural = naturalText(type, cell);
  if (natural === null) return false;
  switch (type.as) {
    case "same text":
    case "json":
      return !isLossyReal(value) && written === natural;
    case "char":
      return !isLossyReal(value) && written.replace(/ +$/, "") === natural;
    case "integer":
    case "numeric":
      return (natural === written && /^(NaN|-?Infinity)$/.test(written)) || sameNumber(natural, written);
    case "float4":
    case "float8":
      return sameFloat(type.as === "float4", value, written);
    case "boolean":
      return truthOf(value)?.truth === written;
    case "uuid":
      return value.storage === "text" && bitsOf(natural) !== null && bitsOf(natural) === bitsOf(written);
    case "jsonb":
      return sameJson(jsonOf(natural), jsonOf(written)) && !isLossyReal(value);
    case "bytea":
      return value.storage === "blob" && written === natural;
    default:
      if (value.storage !== "text") return false;
      // Of the years before 1 and after 9999 rowhaul says that it does not know them.
      return (natural === written && !/^\d{5}|BC$/.test(natural)) || sameMoment(type, natural, written);
  }
}

/** What must be one in a column, so that each value's text can be told again. */
export function layoutOf({ as }: PairType, { value }: Cell): string | null {
  if (as === "boolean") return truthOf(value)?.spelling ?? null;
  const text = textOf(value);
  if (text === null || !["date", "time", "timestamp", "timestamptz"].includes(as)) return null;
  const moment = momentOf(as === "time" ? `2000-01-01 ${text}` : text);
  return moment === null ? null : `${moment.precision} ${moment.offset === null ? "without" : "with"} a zone`;
}

/** SQLite's cast of these to text does not tell them from others. */
function isLossyReal(value: Stored): boolean {
  return value.storage === "real" && (Object.is(value.value, -0) || !Number.isFinite(value.value));
}

/** Digits and exponent without zeros at the ends; null where the text is no plain number. */
function decimalOf(text: string): string | null {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (sign === undefined) return null;
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const bare = digits.replace(/0+$/, "");
  if (bare === "") return sign === "" ? "0" : null;
  return `${sign}${bare}e${Number(exponent) - fraction.length + digits.length - bare.length}`;
}

export function sameNumber(a: string, b: string): boolean {
  return decimalOf(a) !== null && decimalOf(a) === decimalOf(b);
}

function sameFloat(four: boolean, value: Stored, written: string): boolean {
  const kept = four ? Math.fround(Number(written)) : Number(written);
  switch (value.storage) {
    case "real":
      return Object.is(kept, value.value);
    case "integer":
      return Number.isInteger(kept) && BigInt(kept) === value.value;
    default: {
      const text = textOf(value) ?? "";
      return text === written || sameNumber(text, written);
    }
  }
}

const pairs = [
  ["t", "f"],
  ["true", "false"],
  ["yes", "no"],
  ["y", "n"],
  ["on", "off"],
  ["1", "0"],
];

function truthOf(value: Stored): { readonly truth: string; readonly spelling: string } | null {
  if (value.storage === "integer" || value.storage === "real") {
    const zeroOrOne = Object.is(Number(value.value), 0) || Number(value.value) === 1;
    return zeroOrOne ? { truth: Number(value.value) === 1 ? "t" : "f", spelling: "number" } : null;
  }
  const text = textOf(value) ?? "";
  for (const [i, pair] of pairs.entries())
    for (const [j, word] of pair.entries()) {
      const cases = [word, word.toUpperCase(), `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`];
      if (cases.includes(text)) return { truth: j === 0 ? "t" : "f", spelling: `${i} ${cases.indexOf(text)}` };
    }
  return null;
}

function bitsOf(text: string): string | null {
  const bare = /^\{.*\}$/.test(text) ? text.slice(1, -1) : text;
  return /^([0-9a-f]{4}-?){7}[0-9a-f]{4}$/i.test(bare) ? bare.replaceAll("-", "").toLowerCase() : null;
}

function sameMoment({ as }: PairType, text: string, written: string): boolean {
  if (as === "time") {
    const [own, theirs] = [momentOf(`2000-01-01 ${text}`), momentOf(`2000-01-01 ${written}`)];
    return own !== null && theirs !== null && own.offset === null && wallOf(own) === wallOf(theirs);
  }
  const [own, theirs] = [momentOf(text), momentOf(written)];
  if (own === null || theirs === null) return false;
  if (as === "timestamptz") return own.offset !== null && instantOf(own) === instantOf(theirs);
  return (own.offset ?? 0) === 0 && wallOf(own) === wallOf(theirs);
}
