/**
 * Dates for the second reading of a conversion: microseconds since 1970 by
 * integer arithmetic, and PostgreSQL's text of them.
 */
import { layoutOf, layoutParts } from "../../../../core/values/date-layout.ts";

export const second = 1_000_000n;
const day = 86_400n * second;

export type Instant = {
  /** Microseconds since 1970-01-01, as written on the wall. */
  readonly wall: bigint;
  /** The same in UTC; a text without a zone is taken for UTC. */
  readonly utc: bigint;
};

/** Null when the text is in no layout that is known. */
export function readInstant(text: string): Instant | null {
  const layout = layoutOf(text);
  if (layout === null) return null;
  const { time, seconds, fraction, zone } = layoutParts(layout);
  const part = (from: number, to: number) => BigInt(text.slice(from, to));
  let wall = daysSince1970(part(0, 4), part(5, 7), part(8, 10)) * day;
  if (time) wall += (part(11, 13) * 3600n + part(14, 16) * 60n) * second;
  if (seconds) wall += part(17, 19) * second;
  if (fraction > 0) wall += BigInt(text.slice(20, 20 + fraction).padEnd(6, "0"));
  return { wall, utc: wall - offset(zone) };
}

/** As PostgreSQL prints a timestamp under DateStyle ISO; null outside the years 0001 to 9999. */
export function timestampText(micros: bigint): string | null {
  const days = floorDivide(micros, day);
  const rest = micros - days * day;
  const date = dateText(days);
  if (date === null) return null;
  const two = (n: bigint) => String(n).padStart(2, "0");
  const seconds = rest / second;
  const fraction = String(rest % second)
    .padStart(6, "0")
    .replace(/0+$/, "");
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  return `${date} ${clock}${fraction === "" ? "" : `.${fraction}`}`;
}

/** The date alone; null when the instant has a time of day. */
export function midnightText(micros: bigint): string | null {
  const days = floorDivide(micros, day);
  return days * day === micros ? dateText(days) : null;
}

function offset(zone: string): bigint {
  if (zone === "" || zone === "Z") return 0n;
  const minutes = BigInt(zone.slice(1, 3)) * 60n + BigInt(zone.slice(4, 6));
  return (zone.startsWith("-") ? -minutes : minutes) * 60n * second;
}

/** Days of the proleptic Gregorian calendar, with years that begin in March so that the leap day comes last. */
function daysSince1970(year: bigint, month: bigint, dayOfMonth: bigint): bigint {
  const y = month <= 2n ? year - 1n : year;
  const m = (month + 9n) % 12n;
  const leapDays = y / 4n - y / 100n + y / 400n;
  return y * 365n + leapDays + (m * 306n + 5n) / 10n + (dayOfMonth - 1n) - 719_468n;
}

function dateText(days: bigint): string | null {
  const date = new Date(Number(days) * 86_400_000);
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) return null;
  const two = (n: number) => String(n).padStart(2, "0");
  return `${String(year).padStart(4, "0")}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}
