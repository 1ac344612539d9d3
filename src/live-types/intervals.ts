/** A count of microseconds, or another unit, as an interval: Django keeps its durations so. */
import type { LiveInterval, LiveReading } from "../core/schema/live-type.ts";
import type { Cell } from "../core/values/wire.ts";
import { decimalOf, plainText } from "./decimal.ts";
import { digitsOf } from "./numbers.ts";
import type { Read } from "./read.ts";

export function readInterval({ as }: LiveReading, cell: Cell): Read {
  if (as.interval === undefined) return { ok: false, problem: "interval" };
  const micros = intervalMicros(as.interval, digitsOf(cell));
  if (micros === null) return { ok: false, problem: "digits" };
  return { ok: true, text: intervalText(micros) };
}

function intervalMicros(unit: LiveInterval, digits: string): bigint | null {
  const number = decimalOf(digits);
  if (number === null) return null;
  const scale = number.scale - { s: 6, ms: 3, us: 0, ticks: -1 }[unit];
  return scale > 0 ? null : BigInt(plainText({ ...number, scale }));
}

/** As PostgreSQL writes it under IntervalStyle postgres, without days, which a count of time has not. */
function intervalText(micros: bigint): string {
  const size = micros < 0n ? -micros : micros;
  const fraction = String(size % 1_000_000n)
    .padStart(6, "0")
    .replace(/0+$/, "");
  const seconds = size / 1_000_000n;
  const two = (n: bigint): string => String(n).padStart(2, "0");
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  return `${micros < 0n ? "-" : ""}${clock}${fraction === "" ? "" : `.${fraction}`}`;
}
