/** Dates and times for the proof: as microseconds since 1970, by integers alone. */
import type { LiveReading } from "../../../../core/schema/live-type.ts";
import { localToUtc } from "../../../../core/values/time-zone.ts";
import { canonicalText } from "./canonical.ts";
import { digits, exactOf } from "./live-numbers.ts";
import { type LiveValue, no, type StoredValue, yes } from "./outcome.ts";

export type Written = {
  /** Microseconds since 1970 on the wall; digits beyond are in `finer`. */
  readonly wall: bigint;
  /** Digits of the second that are written, without zeros at the end. */
  readonly places: number;
  readonly fraction: string;
  readonly time: "none" | "minute" | "second";
  /** Microseconds east of UTC; null where no zone is named. */
  readonly east: bigint | null;
};

const minute = 60_000_000n;
export const day = 1440n * minute;

export function momentValue(reading: LiveReading, value: StoredValue): LiveValue {
  const { kind, size } = reading.type;
  if (value.storage === "blob") return no("class");
  if (value.storage !== "text") return epochValue(reading, value);
  const text = value.text ?? "";
  if (text === "") return no("empty");
  if (kind === "time") return timeValue(text, size ?? 6);
  if (text === "infinity" || text === "-infinity") return yes(canonicalText(text));
  const written = readWritten(text);
  if (written === null) return no("unreadable");
  const layout = layoutName(written);
  if (kind === "date") {
    if (written.east !== null && written.east !== 0n) return no("unreadable");
    if (written.wall % day !== 0n || written.places > 6) return no("time of day");
    return yes(`i${written.wall / day};`, layout);
  }
  if (kind === "timestamp" && written.east !== null && written.east !== 0n) return no("offset");
  if (written.places > (size ?? 6)) return no("digits");
  if (kind === "timestamptz" && written.east === null && reading.as.zone === undefined) return no("zone");
  const instant = kind === "timestamp" ? written.wall : utc(written, reading.as.zone);
  if (instant === null) return no("unreadable");
  const anyZone = kind === "timestamptz" && reading.as.zone !== undefined;
  return yes(`i${instant};`, anyZone ? layoutName({ ...written, east: 0n }) : layout);
}

/** Null when it is no date of the years 1 to 9999, or in an order that would be guessed. */
export function readWritten(text: string): Written | null {
  const head = /^(\d\d\d\d)-(\d\d)-(\d\d)(?:$|[ T](.*)$)/.exec(text);
  if (head === null) return null;
  const [, year = "", month = "", dayOfMonth = "", rest] = head;
  const midnight = Date.UTC(2000, Number(month) - 1, Number(dayOfMonth));
  const date = new Date(midnight);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(dayOfMonth));
  const real = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(dayOfMonth) && Number(year) > 0;
  if (!real) return null;
  const since = BigInt(Math.floor(date.getTime() / 86_400_000)) * day;
  if (rest === undefined) return { wall: since, places: 0, fraction: "", time: "none", east: null };
  const clock = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(.*)$/.exec(rest);
  if (clock === null) return null;
  const [, hours = "", minutes = "", seconds, fraction = "", zone = ""] = clock;
  const east = eastOf(zone, text);
  if (east === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds ?? 0) > 59) return null;
  const digitsKept = fraction.replace(/0*$/, "");
  const micros = BigInt(digitsKept.slice(0, 6).padEnd(6, "0"));
  const wall =
    since + BigInt(hours) * 60n * minute + BigInt(minutes) * minute + BigInt(seconds ?? 0) * 1_000_000n + micros;
  return {
    wall,
    places: digitsKept.length,
    fraction: digitsKept,
    time: seconds === undefined ? "minute" : "second",
    east,
  };
}

/** Null: no zone. Undefined: something else stands there. */
function eastOf(zone: string, text: string): bigint | null | undefined {
  if (zone === "") return null;
  if (/^ ?(Z|UTC|GMT)$/.test(zone)) return 0n;
  const plain = /^ ?([+-])(\d\d)(?::?(\d\d))?$/.exec(zone);
  // Go writes the offset, the zone's letters, and perhaps a reading of its own clock.
  const go =
    text[10] === " " ? /^ ([+-])(\d\d)(\d\d) (?:[A-Z]{1,5}|[+-]\d{2,4})(?: m=[+-]\d+(?:\.\d+)?)?$/.exec(zone) : null;
  const [, sign, hours = "0", minutes = "0"] = plain ?? go ?? [];
  if (sign === undefined || Number(hours) > 15 || Number(minutes) > 59) return undefined;
  const size = (BigInt(hours) * 60n + BigInt(minutes)) * minute;
  return sign === "-" ? -size : size;
}

function utc({ wall, east }: Written, zone: string | undefined): bigint | null {
  if (east !== null) return wall - east;
  return localToUtc(zone ?? "UTC")?.(wall) ?? null;
}

function layoutName({ time, east }: Written): string {
  return `${time === "none" ? "day" : time}${east === null ? "" : " with a zone"}`;
}

function timeValue(text: string, size: number): LiveValue {
  const written = /^\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text) ? readWritten(`1970-01-01 ${text}`) : null;
  if (text === "24:00:00") return yes(`i${day};`, "second");
  if (written === null) return no("unreadable");
  if (written.places > size) return no("digits");
  return yes(`i${written.wall};`, written.time);
}

/** Nanoseconds since 1970 of a count of units; null where it has digits beyond. */
export function nanosOf(unit: "s" | "ms" | "us" | "ns" | "ticks", text: string): bigint | null {
  const exact = exactOf(text);
  if (exact === null) return null;
  const power = { s: 9, ms: 6, us: 3, ns: 0, ticks: 2 }[unit] - exact.places;
  if (power < 0) return null;
  const nanos = exact.units * 10n ** BigInt(power);
  // The year 1 lies 719,162 days before 1970.
  return unit === "ticks" ? nanos - 719_162n * 86_400_000_000_000n : nanos;
}

function epochValue({ type, as }: LiveReading, value: StoredValue): LiveValue {
  if (type.kind === "time") return no("unreadable");
  if (as.epoch === undefined) return no("epoch");
  const nanos = nanosOf(as.epoch, digits(value));
  if (nanos === null) return no("digits");
  const years = { first: -62_135_596_800n, last: 253_402_300_800n };
  if (nanos < years.first * 1_000_000_000n || nanos >= years.last * 1_000_000_000n) return no("too large");
  if (type.kind === "date") {
    const long = day * 1000n;
    return nanos % long === 0n ? yes(`i${nanos / long};`) : no("time of day");
  }
  return nanos % 10n ** BigInt(9 - (type.size ?? 6)) === 0n ? yes(`i${nanos / 1000n};`) : no("digits");
}
