/**
 * A stored value and a column of a SQLite file that the application made: the value that is sent, or why it would not be
 * there as it is. SQLite's affinities silently turn the text '007' into the number 7 and the number 5 into a text.
 */

import type { StorageClass } from "../core/plan/profile.ts";
import { quoteLiteral } from "../core/quote.ts";
import type { Affinity } from "../core/schema/catalog.ts";
import type { FileReading } from "../core/schema/file-schema.ts";
import type { LiveProblem } from "../core/schema/live-type.ts";
import { type Cell, realDigits, type Slot } from "../core/values/wire.ts";

export type FileValue = bigint | number | string | Buffer;

/** `value`: what is sent; null where the cell goes as it came. `becomes`: what the column would make of it. */
export type FileRead =
  | { readonly ok: true; readonly value: FileValue | null }
  | { readonly ok: false; readonly problem: LiveProblem; readonly becomes: FileValue | null };

/** Not for NULL. */
export function readForFile(reading: FileReading, cell: Cell): FileRead {
  const given = decoded(reading, cell);
  if (given === null) return { ok: true, value: null };
  if (!given.ok) return given;
  const { value } = given;
  const there = assigned(reading.affinity, value, cell);
  const refused = reading.only !== null && !reading.only.includes(classOf(there));
  if (refused) return { ok: false, problem: "class", becomes: null };
  const problem = problemOf(reading, value, there);
  if (problem === null) return { ok: true, value: reading.as === "stored" ? null : value };
  return { ok: false, problem, becomes: there };
}

/** What an accepted policy sends instead; null when it cannot treat this value. */
export function treatForFile(reading: FileReading, cell: Cell, way: string): FileValue | null {
  const read = readForFile(reading, cell);
  if (read.ok) return read.value;
  if (way === "respell" || way === "round") return read.becomes;
  // What JSON writes without quotes is its own text.
  if (way === "reinterpret" && reading.as === "json" && reading.affinity === "TEXT") return cell.bytes.toString("utf8");
  return null;
}

/** As a tagged cell. */
export function slotOf(value: FileValue): Slot {
  if (typeof value === "bigint") return Buffer.from(`i${value}`, "latin1");
  if (typeof value === "string") return Buffer.from(`t${value}`, "utf8");
  return Buffer.isBuffer(value) ? Buffer.from(`b${value.toString("hex")}`, "latin1") : value;
}

/** For messages and the ledger, as SQL would write it. */
export function shownValue(value: FileValue): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return realDigits(value);
  return Buffer.isBuffer(value) ? `x'${value.toString("hex")}'` : quoteLiteral(value);
}

export function classOf(value: FileValue): StorageClass {
  if (typeof value === "bigint") return "integer";
  if (typeof value === "number") return "real";
  return Buffer.isBuffer(value) ? "blob" : "text";
}

type Given = { readonly ok: true; readonly value: FileValue } | (FileRead & { readonly ok: false });

/** The value that a cell stands for; null for a text that is no text, which SQLite keeps as it is. */
function decoded({ as, affinity, mixed }: FileReading, cell: Cell): Given | null {
  const text = cell.bytes.toString("utf8");
  switch (cell.storage) {
    case "integer":
      return { ok: true, value: BigInt(text) };
    case "real":
      return { ok: true, value: realOf(text) };
    case "blob":
      return { ok: true, value: cell.bytes };
    default:
      break;
  }
  if (!cell.valid && !looksNumeric(text)) return null;
  if (as === "stored") return { ok: true, value: text };
  if (as === "double" && /^-?Infinity$/.test(text)) return { ok: true, value: realOf(text) };
  if (as !== "json") return isNumber(text) ? numberOf(text) : { ok: true, value: text };
  if (text === "true" || text === "false") return { ok: true, value: text === "true" ? 1n : 0n };
  if (text.startsWith('"')) return { ok: true, value: JSON.parse(text) as string };
  if (isNumber(text)) return affinity === "TEXT" ? { ok: false, problem: "class", becomes: null } : numberOf(text);
  // Beside texts with the same characters they could not be distinguished.
  return mixed ? { ok: false, problem: "json", becomes: null } : { ok: true, value: text };
}

function realOf(text: string): number {
  if (/^-?Inf/.test(text)) return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

/** An integer of 64 bits, or a double that has every digit. */
function numberOf(text: string): Given {
  if (/^-?\d+$/.test(text) && text !== "-0") {
    const value = BigInt(text);
    if (BigInt.asIntN(64, value) === value) return { ok: true, value };
  }
  const value = Number(text);
  return sameNumber(text, realDigits(value)) ? { ok: true, value } : { ok: false, problem: "digits", becomes: value };
}

/** As SQLite stores it under an affinity: https://sqlite.org/datatype3.html, section 3. */
export function assigned(affinity: Affinity, value: FileValue, cell: Cell): FileValue {
  if (Buffer.isBuffer(value) || affinity === "BLOB") return value;
  // How a REAL is written is SQLite's to say: the cell came with its text.
  if (affinity === "TEXT")
    return typeof value === "number" && cell.storage === "real" ? cell.bytes.toString("latin1") : textOf(value);
  if (typeof value === "string") {
    if (!looksNumeric(value)) return value;
    const text = readUpTo(value).trim();
    if (affinity !== "REAL" && /^[+-]?\d+$/.test(text)) {
      const integer = BigInt(text.replace(/^\+/, ""));
      if (BigInt.asIntN(64, integer) === integer) return integer;
    }
    return assigned(affinity, Number(text), cell);
  }
  if (affinity === "REAL") return typeof value === "bigint" ? Number(value) : value + 0;
  return typeof value === "number" && isInteger64(value) ? BigInt(value) : value;
}

/** Without the ends of the range, as SQLite converts. */
function isInteger64(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63;
}

function textOf(value: bigint | number | string): string {
  return typeof value === "number" ? realDigits(value) : String(value);
}

function problemOf({ as, affinity }: FileReading, value: FileValue, there: FileValue): LiveProblem | null {
  const isText = typeof value === "string";
  if (isText || Buffer.isBuffer(value)) {
    if (classOf(value) === classOf(there)) return null;
    return sameNumber(String(value).trim(), shownValue(there)) ? "respelled" : "digits";
  }
  if (affinity === "TEXT") return as === "json" ? "class" : "respelled";
  if (Object.is(value, -0) && affinity !== "BLOB") return "respelled";
  if (classOf(value) === classOf(there)) return null;
  if (!sameNumber(textOf(value), shownValue(there))) return "digits";
  // For numbers that come as digits, INTEGER or REAL is not known.
  return as === "stored" ? "respelled" : null;
}

const number = /^[ \t\n\v\f\r]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[ \t\n\v\f\r]*$/;

/** What SQLite takes for a number where it wants one. */
function looksNumeric(text: string): boolean {
  return number.test(readUpTo(text));
}

/** SQLite reads a number up to the first NUL, and forgets what is behind it. */
function readUpTo(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

function isNumber(text: string): boolean {
  return /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);
}

/** The same number, however it is written. */
function sameNumber(a: string, b: string): boolean {
  const [one, other] = [normal(a), normal(b)];
  return one !== null && one === other;
}

function normal(text: string): string | null {
  const [, sign = "", whole = "", fraction = "", power = "0"] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (whole === "" && fraction === "") return null;
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return "0";
  const kept = digits.replace(/0+$/, "");
  const exponent = Number(power) - fraction.length + (digits.length - kept.length);
  return `${sign === "-" ? "-" : ""}${kept}e${exponent}`;
}
