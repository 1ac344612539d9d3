/**
 * Date layouts: how a date is written in a text. A layout is its own picture:
 * `YYYY-MM-DD`, `YYYY-MM-DD HH:MM`, `YYYY-MM-DD HH:MM:SS`, with `T` for the space, `.fff` for
 * one to six digits of fraction, and a literal zone at the end (`Z`, `+02:00`).
 * A text has at most one layout, so a value and its layout give the text back.
 */

const shape = /^(\d{4})-(\d{2})-(\d{2})(?:([ T])(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** The layout of a text that is a real date in years 0001 to 9999, else null. */
export function layoutOf(text: string): string | null {
  const m = shape.exec(text);
  if (!m) return null;
  const [, year, month, day, separator, hour, minute, second, fraction, zone] = m;
  if (!isDay(Number(year), Number(month), Number(day))) return null;
  if (separator === undefined) return "YYYY-MM-DD";
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return null;
  if (zone !== undefined && zone !== "Z" && !isZone(zone)) return null;
  const seconds = second === undefined ? "" : ":SS";
  const digits = fraction === undefined ? "" : `.${"f".repeat(fraction.length)}`;
  return `YYYY-MM-DD${separator}HH:MM${seconds}${digits}${zone ?? ""}`;
}

export type LayoutParts = {
  readonly time: boolean;
  readonly separator: " " | "T" | null;
  readonly seconds: boolean;
  /** Digits of fraction, 0 to 6. */
  readonly fraction: number;
  /** `""`, `"Z"` or `"±HH:MM"`. */
  readonly zone: string;
};

/** Takes a layout apart; the layout is trusted to come from {@link layoutOf}. */
export function layoutParts(layout: string): LayoutParts {
  const time = layout.length > 10;
  const zone = /(Z|[+-]\d{2}:\d{2})$/.exec(layout.slice(10))?.[0] ?? "";
  return {
    time,
    separator: time ? (layout[10] as " " | "T") : null,
    seconds: layout.includes(":SS"),
    fraction: /\.(f+)/.exec(layout)?.[1]?.length ?? 0,
    zone,
  };
}

export function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (days[month - 1] ?? 0);
}

/** PostgreSQL takes offsets up to ±15:59. */
function isZone(zone: string): boolean {
  return Number(zone.slice(1, 3)) <= 15 && Number(zone.slice(4, 6)) <= 59;
}
