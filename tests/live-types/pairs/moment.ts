/** Dates and times of the years 1 to 9999, to the nanosecond, as the listed layouts write them. */

export type Moment = {
  readonly nanos: bigint;
  readonly precision: "day" | "minute" | "second";
  /** Minutes; null where no zone is written. */
  readonly offset: number | null;
};

export function momentOf(text: string): Moment | null {
  const found =
    /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?( ?Z| ?UTC| ?GMT| ?[+-]\d\d(?::?\d\d)?)?( [A-Z]{1,5}( m=[+-][\d.]+)?)?)?$/.exec(
      text,
    );
  if (found === null) return null;
  const [, year = "", month = "", day = "", hour, minute = "0", second, fraction = "", zone, letters] = found;
  if (letters !== undefined && (zone === undefined || !/^ [+-]\d{4}$/.test(zone))) return null;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const real = Number(year) > 0 && date.toISOString().startsWith(`${year}-${month}-${day}`);
  if (!real || Number(hour ?? 0) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return null;
  const seconds =
    BigInt(date.getTime()) / 1000n + BigInt(Number(hour ?? 0) * 3600 + Number(minute) * 60 + Number(second ?? 0));
  return {
    nanos: seconds * 1_000_000_000n + BigInt(fraction.padEnd(9, "0")),
    precision: hour === undefined ? "day" : second === undefined ? "minute" : "second",
    offset: zone === undefined ? null : offsetOf(zone.trim()),
  };
}

function offsetOf(zone: string): number {
  const [, sign, hours, minutes = "0"] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

export function wallOf({ nanos }: Moment): bigint {
  return nanos;
}

export function instantOf({ nanos, offset }: Moment): bigint {
  return nanos - BigInt(offset ?? 0) * 60_000_000_000n;
}
