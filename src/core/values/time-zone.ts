/** Local time to UTC. A time that a clock showed twice, or jumped over, is not guessed at. */

/** Microseconds on the zone's clock → microseconds UTC, null where that is not one moment. Null for an unknown zone. */
export function localToUtc(zone: string): ((local: bigint) => bigint | null) | null {
  const fixed = /^([+-])(\d{2}):(\d{2})$/.exec(zone);
  if (fixed !== null) {
    const minutes = (fixed[1] === "-" ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3]));
    return Math.abs(minutes) < 16 * 60 ? (local) => local - BigInt(minutes) * 60_000_000n : null;
  }
  if (zone === "UTC") return (local) => local;
  const clock = clockOf(zone);
  return clock === null ? null : (local) => momentOf(local, clock);
}

/** Offset in milliseconds at a moment. */
type Clock = (utc: number) => number;

function momentOf(local: bigint, clock: Clock): bigint | null {
  const fraction = ((local % 1000n) + 1000n) % 1000n;
  const milliseconds = Number((local - fraction) / 1000n);
  const day = 86_400_000;
  // Offsets before and after whatever changed that day.
  const offsets = new Set([clock(milliseconds - day), clock(milliseconds), clock(milliseconds + day)]);
  const moments = [...offsets]
    .map((offset) => milliseconds - offset)
    .filter((utc) => utc + clock(utc) === milliseconds);
  const [only, ...more] = moments;
  return only === undefined || more.length > 0 ? null : BigInt(only) * 1000n + fraction;
}

function clockOf(zone: string): Clock | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return null;
  }
  return (utc) => {
    const parts = new Map(format.formatToParts(utc).map(({ type, value }) => [type, value]));
    const number = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name));
    const shown = new Date(0);
    shown.setUTCFullYear(number("year"), number("month") - 1, number("day"));
    shown.setUTCHours(number("hour"), number("minute"), number("second"));
    return shown.getTime() - Math.floor(utc / 1000) * 1000;
  };
}
