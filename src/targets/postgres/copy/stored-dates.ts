/** `YYYY-MM-DD HH:MM:SS` → microseconds since 2000-01-01, by its bytes: the layout of most timestamps. */
import { dayNumber } from "./dates.ts";

/** Days by year, month and day; a table's dates repeat. */
const days = new Map<number, number>();

/** Null for any other layout; the text is trusted to be a date. */
export function usualMicroseconds(b: Buffer, at: number, length: number): number | null {
  if (length !== 19) return null;
  const day = pair(b, at) * 1_000_000 + pair(b, at + 2) * 10_000 + pair(b, at + 5) * 100 + pair(b, at + 8);
  let known = days.get(day);
  if (known === undefined) {
    known = dayNumber(b.toString("latin1", at, at + 10));
    if (days.size > 50_000) days.clear();
    days.set(day, known);
  }
  const seconds = known * 86_400 + pair(b, at + 11) * 3600 + pair(b, at + 14) * 60 + pair(b, at + 17);
  const micros = seconds * 1_000_000;
  return Number.isSafeInteger(micros) ? micros : null;
}

function pair(b: Buffer, at: number): number {
  return (b[at] as number) * 10 + (b[at + 1] as number) - 528;
}
