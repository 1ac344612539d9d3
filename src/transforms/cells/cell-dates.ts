/** Dates found among dates of another kind, as `YYYY-MM-DD HH:MM:SS[.ffffff]` in UTC, fraction without trailing zeros: as PostgreSQL prints them. */

import type { StorageClass } from "../../core/plan/profile.ts";
import { isDay, layoutOf, layoutParts } from "../../core/values/date-layout.ts";

/** A text in any known layout; one without a zone is taken as UTC. */
export function textToTimestamp(text: string): string | null {
  const layout = layoutOf(text);
  if (layout === null) return null;
  const { zone, fraction } = layoutParts(layout);
  const day = text.slice(0, 10);
  if (layout.length === 10) return `${day} 00:00:00`;
  const clock = layout.includes(":SS") ? text.slice(11, 19) : `${text.slice(11, 16)}:00`;
  const digits = fraction === 0 ? "" : text.slice(20, 20 + fraction);
  const minutes =
    zone === "" || zone === "Z"
      ? 0
      : (zone[0] === "-" ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6)));
  const seconds = Math.trunc(Date.parse(`${day}T${clock}Z`) / 1000) - minutes * 60;
  return print(seconds, digits);
}

/** A text with more than six digits of fraction, rounded or cut to six; null for any other, and past the year 9999. */
export function toMicroseconds(text: string, how: "round" | "truncate"): string | null {
  const found = /^(.*\.)(\d{6})(\d)\d*(.*)$/.exec(text);
  if (found === null) return null;
  const [, start, kept = "", next = "", end] = found;
  const micros = Number(kept) + (how === "round" && next >= "5" ? 1 : 0);
  const whole = textToTimestamp(`${start}000000${end}`);
  if (whole === null) return null;
  const seconds = Date.parse(`${whole.replace(" ", "T")}Z`) / 1000 + Math.floor(micros / 1_000_000);
  return print(seconds, String(micros % 1_000_000).padStart(6, "0"));
}

/**
 * INTEGER by its magnitude: seconds from 1973 to 5138 have 9 to 11 digits, milliseconds 12 to 14,
 * microseconds 15 to 17. Digits outside are ambiguous and not converted. REAL between 1,721,425.5 and
 * 5,373,484.5 is a julian day (years 1 to 9999), to the millisecond as SQLite computes it.
 */
export function epochToTimestamp(storage: StorageClass, digits: string): string | null {
  if (storage === "integer") {
    const length = digits.replace("-", "").length;
    if (length >= 9 && length <= 11) return print(Number(digits), "");
    if (length >= 12 && length <= 14) return printScaled(BigInt(digits), 3);
    if (length >= 15 && length <= 17) return printScaled(BigInt(digits), 6);
    return null;
  }
  if (storage === "real") {
    const day = Number(digits);
    if (!(day >= 1_721_425.5 && day < 5_373_484.5)) return null;
    return printScaled(BigInt(Math.round((day - 2_440_587.5) * 86_400_000)), 3);
  }
  return null;
}

function printScaled(value: bigint, places: number): string | null {
  const scale = 10n ** BigInt(places);
  const fraction = ((value % scale) + scale) % scale;
  return print(Number((value - fraction) / scale), fraction.toString().padStart(places, "0"));
}

function print(seconds: number, fraction: string): string | null {
  const date = new Date(seconds * 1000);
  const year = date.getUTCFullYear();
  if (Number.isNaN(year) || !isDay(year, date.getUTCMonth() + 1, date.getUTCDate()) || year > 9999) return null;
  const digits = fraction.replace(/0+$/, "");
  return `${date.toISOString().slice(0, 19).replace("T", " ")}${digits === "" ? "" : `.${digits}`}`;
}
