/** Moments as microseconds since 1970, and how PostgreSQL prints them under TimeZone UTC and DateStyle ISO. */
import type { Value } from "../../core/plan/transform.ts";
import { plainDecimal } from "./decimal.ts";

export const epochUnits = ["seconds", "milliseconds", "microseconds"] as const;
export type EpochUnit = (typeof epochUnits)[number];

/** Null when it is no number, or finer than microseconds. Digits in a text count as well. */
export function epochMicroseconds(value: Exclude<Value, null>, unit: EpochUnit): bigint | null {
  const places = { seconds: 6, milliseconds: 3, microseconds: 0 }[unit];
  if (typeof value === "bigint") return value * 10n ** BigInt(places);
  const plain =
    typeof value === "string" ? plainDecimal(value) : typeof value === "number" ? plainDecimal(String(value)) : null;
  const m = plain === null ? null : /^(-?)(\d{1,20})(?:\.(\d+?))?0*$/.exec(plain.includes(".") ? plain : `${plain}.0`);
  if (m === null) return null;
  const [, sign, whole = "", fraction = ""] = m;
  const digits = fraction.replace(/0+$/, "");
  if (digits.length > places) return null;
  const size = BigInt(whole + digits.padEnd(places, "0"));
  return sign === "-" ? -size : size;
}

/** Null outside the years 1 to 9999, and for a date that has a time of day. */
export function printMoment(microseconds: bigint, to: "date" | "timestamp" | "timestamptz"): string | null {
  const fraction = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const milliseconds = Number((microseconds - fraction) / 1000n);
  if (!(milliseconds >= firstDay && milliseconds < endOfDays)) return null;
  const [day = "", clock = ""] = new Date(milliseconds).toISOString().slice(0, 19).split("T");
  if (to === "date") return clock === "00:00:00" && fraction === 0n ? day : null;
  const digits = fraction === 0n ? "" : `.${fraction.toString().padStart(6, "0").replace(/0+$/, "")}`;
  return `${day} ${clock}${digits}${to === "timestamptz" ? "+00" : ""}`;
}

const firstDay = Date.parse("0001-01-01T00:00:00Z");
const endOfDays = Date.parse("+010000-01-01T00:00:00Z");
