/** Dates and times as the instant they name, whatever their layout. Without a zone they are UTC, which is what rowhaul stores. */

import type { Value } from "../core/plan/transform.ts";
import { isDay } from "../core/values/date-layout.ts";
import { decimalOf } from "./decimal.ts";

const shape =
  /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** Microseconds since 1970; null when the text is no such date. */
export function instantOf(text: string): bigint | null {
  const found = shape.exec(text);
  if (found === null) return null;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = found;
  if (!isDay(Number(year), Number(month), Number(day))) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const days = dayNumber(Number(year), Number(month), Number(day));
  const seconds = days * 86_400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset(zone);
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
}

/** An INTEGER or REAL since 1970; `power`: 6 for seconds, 3 for milliseconds, 0 for microseconds. Null when microseconds do not hold it. */
export function epochInstant(cell: bigint | number, power: number): bigint | null {
  const decimal = decimalOf(cell);
  if (decimal === null || typeof decimal === "string") return null;
  const exponent = decimal.exponent + power;
  if (exponent < 0 || decimal.digits.length + exponent > 30) return null;
  const micros = BigInt(decimal.digits || "0") * 10n ** BigInt(exponent);
  return decimal.negative ? -micros : micros;
}

/** Which unit makes these numbers the instants of the other side? By the extremes of both, which a few rows more or less hardly move. */
export function epochPower(numbers: readonly Value[], texts: readonly Value[]): number {
  const farthest = (sizes: readonly number[]): number => Math.max(0, ...sizes);
  const number = farthest(
    numbers.map((cell) => (typeof cell === "bigint" || typeof cell === "number" ? Math.abs(Number(cell)) : 0)),
  );
  const instant = farthest(
    texts.map((cell) => (typeof cell === "string" ? Math.abs(Number(instantOf(cell) ?? 0n)) : 0)),
  );
  if (number === 0 || instant === 0) return 6;
  const off = (power: number): number => Math.abs(Math.log10((number * 10 ** power) / instant));
  return [6, 3, 0].reduce((best, power) => (off(power) < off(best) ? power : best));
}

/** Seconds of `+02:00`, `-0330`, `+00`, `Z`. */
function offset(zone: string): number {
  if (zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)) * (zone.length > 3 ? 1 : 0);
  return (zone[0] === "-" ? -60 : 60) * minutes;
}

/** Days since 1970; `Date.UTC` would take the years 1 to 99 for others. */
function dayNumber(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day) / 86_400_000;
}
