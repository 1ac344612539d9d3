/**
 * Dates and times. A column is written in one layout: texts that differ only in T or space, in the digits of a fraction,
 * or in how UTC is written (Z, +00:00) are of the same one; with and without a zone, or without seconds, are not.
 */

import type { LiveEpoch, LiveReading } from "../core/schema/live-type.ts";
import { isDay } from "../core/values/date-layout.ts";
import { localToUtc } from "../core/values/time-zone.ts";
import type { Cell } from "../core/values/wire.ts";
import { decimalOf, plainText } from "./decimal.ts";
import { digitsOf } from "./numbers.ts";
import type { Read } from "./read.ts";

export type Moment = {
  readonly day: string;
  /** `HH:MM:SS`; null for a date alone. */
  readonly clock: string | null;
  readonly seconds: boolean;
  /** Digits after the second, without zeros at the end. */
  readonly fraction: string;
  /** Minutes east of UTC; null without a zone. */
  readonly offset: number | null;
};

const clock = String.raw`(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?`;
const shape = new RegExp(
  String.raw`^(\d{4})-(\d{2})-(\d{2})(?:[T ]${clock}(?: ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?)?$`,
);
/** time.String() of Go: `2024-05-06 07:08:09.1 +0200 CEST m=+0.01`. */
const goShape = new RegExp(
  String.raw`^(\d{4})-(\d{2})-(\d{2}) ${clock} ([+-]\d{4}) (?:[A-Z]{1,5}|[+-]\d{2,4})(?: m=[+-]\d+(?:\.\d+)?)?$`,
);
const timeShape = new RegExp(`^${clock}$`);

/** Null when it is none of the years 1 to 9999, or not in an order that is known. */
export function momentOf(text: string): Moment | null {
  const found = shape.exec(text) ?? goShape.exec(text);
  if (found === null) return null;
  const [, year, month, day, hour, minute, second, fraction = "", zone] = found;
  if (!isDay(Number(year), Number(month), Number(day))) return null;
  const offset = zone === undefined ? null : offsetOf(zone);
  if (offset === undefined || (hour !== undefined && !isClock(hour, minute, second))) return null;
  return {
    day: `${year}-${month}-${day}`,
    clock: hour === undefined ? null : `${hour}:${minute}:${second ?? "00"}`,
    seconds: second !== undefined,
    fraction: fraction.replace(/0+$/, ""),
    offset,
  };
}

export function readMoment(reading: LiveReading, cell: Cell): Read {
  const { kind, size } = reading.type;
  if (cell.storage === "blob") return { ok: false, problem: "class" };
  if (cell.storage !== "text") return readEpoch(reading, cell);
  const text = cell.bytes.toString("utf8");
  if (text === "") return { ok: false, problem: "empty" };
  if (kind === "time") return readTime(text, size ?? 6);
  // As their types write them.
  if (text === "infinity" || text === "-infinity") return { ok: true, text };
  const moment = momentOf(text);
  if (moment === null) return { ok: false, problem: "unreadable" };
  if (kind === "date") {
    // The day of an instant depends on where one stands.
    if ((moment.offset ?? 0) !== 0) return { ok: false, problem: "unreadable" };
    if (moment.clock !== null && (moment.clock !== "00:00:00" || moment.fraction !== ""))
      return { ok: false, problem: "time of day" };
    return { ok: true, text: moment.day, layout: layoutOf(moment) };
  }
  if (kind === "timestamp" && (moment.offset ?? 0) !== 0) return { ok: false, problem: "offset" };
  if (moment.fraction.length > (size ?? 6)) return { ok: false, problem: "digits" };
  const zone = kind === "timestamptz" ? zoneFor(moment, reading) : "";
  if (zone === null) return { ok: false, problem: "zone" };
  if (zone === undefined) return { ok: false, problem: "unreadable" };
  // With a zone named for those that have none, all are instants.
  const mixed = kind === "timestamptz" && reading.as.zone !== undefined;
  return { ok: true, text: `${wallText(moment)}${zone}`, layout: layoutOf(mixed ? { ...moment, offset: 0 } : moment) };
}

/** `YYYY-MM-DD HH:MM:SS[.f]`. */
export function wallText({ day, clock: time, fraction }: Moment): string {
  return `${day} ${time ?? "00:00:00"}${fraction === "" ? "" : `.${fraction}`}`;
}

export function offsetText(offset: number): string {
  const minutes = Math.abs(offset);
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Microseconds since 1970 of what stands on the wall; digits beyond a millionth are left away. */
export function wallMicros({ day, clock: time, fraction }: Moment): bigint {
  const seconds = BigInt(Date.parse(`${day}T${time ?? "00:00:00"}Z`)) / 1000n;
  return seconds * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, "0"));
}

/** Null outside the years 1 to 9999. */
export function microsText(micros: bigint): string | null {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const milliseconds = Number((micros - fraction) / 1000n);
  if (!(milliseconds >= Date.parse("0001-01-01T00:00:00Z") && milliseconds < Date.parse("+010000-01-01T00:00:00Z")))
    return null;
  const digits = fraction === 0n ? "" : `.${String(fraction).padStart(6, "0").replace(/0+$/, "")}`;
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ")}${digits}`;
}

/** Null: the zone is not known. Undefined: the zone's clock never, or twice, showed it. */
function zoneFor(moment: Moment, { as }: LiveReading): string | null | undefined {
  if (moment.offset !== null) return offsetText(moment.offset);
  if (as.zone === undefined) return null;
  if (as.zone === "UTC") return "+00:00";
  return localToUtc(as.zone)?.(wallMicros(moment)) === null ? undefined : ` ${as.zone}`;
}

function layoutOf({ clock: time, seconds, offset }: Moment): string {
  return `${time === null ? "day" : seconds ? "second" : "minute"}${offset === null ? "" : " with a zone"}`;
}

function readTime(text: string, size: number): Read {
  const found = timeShape.exec(text);
  const [, hour, minute, second, fraction = ""] = found ?? [];
  // The end of a day, which is no moment of it.
  if (text === "24:00:00") return { ok: true, text, layout: "second" };
  if (found === null || !isClock(hour, minute, second)) return { ok: false, problem: "unreadable" };
  const digits = fraction.replace(/0+$/, "");
  if (digits.length > size) return { ok: false, problem: "digits" };
  return { ok: true, text, layout: second === undefined ? "minute" : "second" };
}

/** .NET counts tenths of a microsecond from the year 1. */
const ticksTo1970 = 621_355_968_000_000_000n;

function readEpoch({ type, as }: LiveReading, cell: Cell): Read {
  if (type.kind === "time") return { ok: false, problem: "unreadable" };
  if (as.epoch === undefined) return { ok: false, problem: "epoch" };
  const nanos = epochNanos(as.epoch, digitsOf(cell));
  if (nanos === null) return { ok: false, problem: "digits" };
  const text = microsText(nanos / 1000n - (nanos % 1000n < 0n ? 1n : 0n));
  if (text === null) return { ok: false, problem: "too large" };
  const unit = 10n ** BigInt(9 - (type.size ?? 6));
  if (type.kind !== "date" && nanos % unit !== 0n) return { ok: false, problem: "digits" };
  if (type.kind !== "date") return { ok: true, text: type.kind === "timestamptz" ? `${text}+00:00` : text };
  return text.endsWith(" 00:00:00") && nanos % 1000n === 0n
    ? { ok: true, text: text.slice(0, 10) }
    : { ok: false, problem: "time of day" };
}

/** Null when there are digits beyond a billionth. */
export function epochNanos(unit: LiveEpoch, digits: string): bigint | null {
  const number = decimalOf(digits);
  if (number === null) return null;
  const places = { s: 9, ms: 6, us: 3, ns: 0, ticks: 2 }[unit];
  if (number.scale > places) return null;
  const nanos = BigInt(plainText({ ...number, scale: number.scale - places }));
  return unit === "ticks" ? nanos - ticksTo1970 * 100n : nanos;
}

function isClock(hour = "", minute = "", second = "00"): boolean {
  return Number(hour) <= 23 && Number(minute) <= 59 && Number(second) <= 59;
}

/** PostgreSQL takes offsets up to ±15:59; undefined beyond. */
function offsetOf(zone: string): number | undefined {
  if (/^(Z|UTC|GMT)$/.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(":", "") || 0);
  if (hours > 15 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}
