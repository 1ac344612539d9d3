/**
 * Dates in a layout of core/values/date-layout.ts → PostgreSQL's binary dates: days, or
 * microseconds, since 2000-01-01. The text is trusted to have a layout.
 */

const dayCache = new Map<string, number>();

/** Days since 2000-01-01. */
export function dayNumber(text: string): number {
  const day = text.length === 10 ? text : text.slice(0, 10);
  let days = dayCache.get(day);
  if (days === undefined) {
    days = Date.parse(`${day}T00:00:00Z`) / 86_400_000 - 10_957;
    if (dayCache.size > 50_000) dayCache.clear();
    dayCache.set(day, days);
  }
  return days;
}

/** Microseconds since 2000-01-01 00:00:00 UTC: a number within 285 years of 2000, where it is exact, else a BigInt. */
export function microseconds(text: string): number | bigint {
  let seconds = dayNumber(text) * 86_400;
  if (text.length === 10) return combine(seconds, 0);
  seconds += digits(text, 11, 2) * 3600 + digits(text, 14, 2) * 60;
  let at = 16;
  let micros = 0;
  if (text.charCodeAt(at) === 0x3a) {
    seconds += digits(text, 17, 2);
    at = 19;
    if (text.charCodeAt(at) === 0x2e) {
      const from = ++at;
      while (isDigit(text.charCodeAt(at))) at++;
      micros = digits(text, from, at - from) * 10 ** (6 - (at - from));
    }
  }
  if (at < text.length && text.charCodeAt(at) !== 0x5a) {
    const offset = digits(text, at + 1, 2) * 60 + digits(text, at + 4, 2);
    seconds += (text.charCodeAt(at) === 0x2d ? 1 : -1) * offset * 60;
  }
  return combine(seconds, micros);
}

function combine(seconds: number, micros: number): number | bigint {
  const total = seconds * 1_000_000 + micros;
  return Number.isSafeInteger(total) ? total : BigInt(seconds) * 1_000_000n + BigInt(micros);
}

function digits(text: string, at: number, length: number): number {
  let value = 0;
  for (let i = at; i < at + length; i++) value = value * 10 + text.charCodeAt(i) - 0x30;
  return value;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
