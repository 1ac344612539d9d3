/** What an accepted policy makes of a value that does not go in as it is. */
import type { LiveProblem, LiveReading, LiveType } from "../core/schema/live-type.ts";
import type { Cell } from "../core/values/wire.ts";
import { decimalOf, plainText, toScale } from "./decimal.ts";
import { epochNanos, microsText, momentOf, offsetText, wallMicros, wallText } from "./moments.ts";
import { digitsOf, floatText } from "./numbers.ts";
import type { Read } from "./read.ts";
import { readCell } from "./read-cell.ts";
import { fitted } from "./texts.ts";

export type LiveWay = "round" | "truncate" | "respell" | "reinterpret" | "utc" | "wall";

/** Ways beside `null` and `quarantine` in which a type takes such a value. */
export function waysOf({ kind }: LiveType, problem: LiveProblem): readonly LiveWay[] {
  switch (problem) {
    case "fraction":
      return ["round", "truncate"];
    case "digits":
      return kind === "float" ? ["round"] : kind === "asked" ? [] : ["round", "truncate"];
    case "too long":
    case "blanks":
    case "time of day":
      return ["truncate"];
    case "respelled":
    case "layout":
      return ["respell"];
    case "json":
    case "bytes":
      return ["reinterpret"];
    case "class":
      return kind === "text" || kind === "char" ? ["reinterpret"] : [];
    default:
      return [];
  }
}

/** The text that goes in instead; null when this value cannot be treated so. */
export function treat(reading: LiveReading, cell: Cell, way: LiveWay): string | null {
  switch (way) {
    case "respell": {
      const read = readCell(reading, cell);
      return read.text ?? null;
    }
    case "reinterpret":
      return reinterpreted(reading, cell);
    case "utc":
    case "wall":
      return withoutOffset(reading, cell, way);
    default:
      return narrowed(reading, cell, way);
  }
}

function narrowed(reading: LiveReading, cell: Cell, how: "round" | "truncate"): string | null {
  const { type } = reading;
  switch (type.kind) {
    case "integer":
    case "numeric": {
      const number = decimalOf(digitsOf(cell));
      if (number === null) return null;
      return again(reading, plainText(toScale(number, type.scale ?? 0, how)));
    }
    case "float": {
      const number = Number(cell.bytes.toString("utf8"));
      const four = Math.fround(number);
      return Number.isFinite(four) ? floatText(type.size === 4 ? four : number) : null;
    }
    case "text":
    case "char":
      // A number with fewer digits is another number.
      return cell.storage === "integer" || cell.storage === "real"
        ? null
        : shortened(type, cell.bytes.toString("utf8"));
    default:
      return cell.storage === "text" ? shorterMoment(reading, cell, how) : shorterEpoch(reading, cell, how);
  }
}

/** The rounded number may have a digit more than the type holds. */
function again(reading: LiveReading, text: string): string | null {
  const read = readCell(reading, textCell(text));
  return read.ok ? read.text : null;
}

function shortened({ kind, size }: LiveType, text: string): string | null {
  const cut = size === null ? text : [...text].slice(0, size).join("");
  const kept = kind === "char" ? cut.replace(/ +$/, "") : cut;
  return fitted(kind === "char", size, kept).ok ? kept : null;
}

function shorterMoment(reading: LiveReading, cell: Cell, how: "round" | "truncate"): string | null {
  const { kind, size } = reading.type;
  const text = cell.bytes.toString("utf8");
  if (kind === "time") {
    const [, whole = "", fraction = ""] = /^(.*?)\.(\d+)$/.exec(text) ?? [];
    const rounded = roundedMicros(
      wallMicros({ day: "2000-01-01", clock: whole, seconds: true, fraction: "", offset: null }),
      fraction,
      size ?? 6,
      how,
    );
    const shown = microsText(rounded);
    return shown?.startsWith("2000-01-01 ") ? shown.slice(11) : null;
  }
  const moment = momentOf(text);
  if (moment === null) return null;
  if (kind === "date") return moment.day;
  const whole = wallMicros({ ...moment, fraction: "" });
  const wall = microsText(roundedMicros(whole, moment.fraction, size ?? 6, how));
  if (wall === null) return null;
  const zone = kind === "timestamptz" && moment.offset !== null ? offsetText(moment.offset) : "";
  // While the zone is not known, any will do to check the rest.
  const zoned = reading.as.zone === undefined ? { ...reading, as: { ...reading.as, zone: "UTC" } } : reading;
  return again({ ...zoned, layout: null }, `${wall}${zone}`);
}

/** Of a fraction, half a unit goes up; digits are cut towards the past of the moment's own second. */
function roundedMicros(whole: bigint, fraction: string, size: number, how: "round" | "truncate"): bigint {
  const kept = BigInt(fraction.slice(0, size).padEnd(size, "0") || "0");
  const up = how === "round" && (fraction[size] ?? "0") >= "5" ? 1n : 0n;
  return whole + (kept + up) * 10n ** BigInt(6 - size);
}

function shorterEpoch(reading: LiveReading, cell: Cell, how: "round" | "truncate"): string | null {
  const { type, as } = reading;
  if (as.epoch === undefined) return null;
  const number = decimalOf(digitsOf(cell));
  if (number === null) return null;
  const nanos = epochNanos(
    as.epoch,
    plainText(toScale(number, { s: 9, ms: 6, us: 3, ns: 0, ticks: 2 }[as.epoch], how)),
  );
  if (nanos === null) return null;
  const unit = type.kind === "date" ? 86_400_000_000_000n : 10n ** BigInt(9 - (type.size ?? 6));
  const rest = ((nanos % unit) + unit) % unit;
  const text = microsText(
    (nanos - rest + (how === "round" && type.kind !== "date" && rest * 2n >= unit ? unit : 0n)) / 1000n,
  );
  if (text === null) return null;
  return type.kind === "date" ? text.slice(0, 10) : type.kind === "timestamptz" ? `${text}+00:00` : text;
}

function withoutOffset(reading: LiveReading, cell: Cell, way: "utc" | "wall"): string | null {
  const moment = momentOf(cell.bytes.toString("utf8"));
  if (moment === null || moment.fraction.length > (reading.type.size ?? 6)) return null;
  if (way === "wall") return wallText(moment);
  return microsText(wallMicros(moment) - BigInt(moment.offset ?? 0) * 60_000_000n);
}

function reinterpreted(reading: LiveReading, cell: Cell): string | null {
  const { kind, size } = reading.type;
  if (kind === "bytea") return cell.storage === "text" && !cell.lost ? `\\x${cell.bytes.toString("hex")}` : null;
  if (cell.storage === "blob") {
    const read: Read = readCell({ ...reading, as: { ...reading.as, bytes: "utf8" } }, cell);
    return read.ok ? read.text : null;
  }
  const text = cell.bytes.toString("utf8");
  const plain = cell.storage === "text" && reading.json ? unquoted(text) : text;
  const read = plain === null || plain.includes("\0") ? null : fitted(kind === "char", size, plain);
  return read?.ok === true ? read.text : null;
}

/** What a JSON text holds between its quotes; null where it is none. */
function unquoted(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" && value.isWellFormed() ? value : null;
  } catch {
    return null;
  }
}

function textCell(text: string): Cell {
  return { storage: "text", bytes: Buffer.from(text, "utf8"), orphan: -1, valid: true };
}
