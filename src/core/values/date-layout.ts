/**
 * Date layouts: how a date is written in a text. A layout is its own picture:
 * `YYYY-MM-DD`, `YYYY-MM-DD HH:MM`, `YYYY-MM-DD HH:MM:SS`, with `T` for the space, `.fff` for
 * one to six digits of fraction, and a literal zone at the end (`Z`, `+02:00`).
 * A text has at most one such layout, so a value and its layout give the text back.
 *
 * Layouts that write the same instants share a common one, in which `( |T)` stands for either,
 * `[.ffffff]` for up to six digits or none, and `(Z|+00:00)` for either: value and layout give
 * the instant back, though not how it was written.
 */

const shape = /^(\d{4})-(\d{2})-(\d{2})(?:([ T])(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Most digits of a second's fraction that PostgreSQL keeps. */
const mostDigits = 6;
const eitherSeparator = "( |T)";
const eitherUtc = "(Z|+00:00)";
const anyFraction = "[.ffffff]";
/** Seven digits and more. */
const longFraction = ".fffffff+";

/** The layout of a text that is a real date in years 0001 to 9999, with six digits of fraction at most, else null. */
export function layoutOf(text: string): string | null {
  const layout = writtenLayout(text);
  return layout === null || isLong(layout) ? null : layout;
}

/** Like {@link layoutOf}; more digits than PostgreSQL keeps are written `.fffffff+`. */
export function writtenLayout(text: string): string | null {
  const m = shape.exec(text);
  if (!m) return null;
  const [, year, month, day, separator, hour, minute, second, fraction, zone] = m;
  if (!isDay(Number(year), Number(month), Number(day))) return null;
  if (separator === undefined) return "YYYY-MM-DD";
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return null;
  if (zone !== undefined && zone !== "Z" && !isZone(zone)) return null;
  const seconds = second === undefined ? "" : ":SS";
  const digits =
    fraction === undefined ? "" : fraction.length > mostDigits ? longFraction : `.${"f".repeat(fraction.length)}`;
  return `YYYY-MM-DD${separator}HH:MM${seconds}${digits}${zone ?? ""}`;
}

/** Whether a layout of {@link writtenLayout} has more digits than PostgreSQL keeps. */
export function isLong(layout: string): boolean {
  return layout.includes(longFraction);
}

/** Whether a text is written in a layout, which may be a common one. */
export function isWritten(text: string, layout: string): boolean {
  const own = layoutOf(text);
  if (own === null || own === layout) return own !== null;
  return isCommon(layout) && commonLayout([layout, own]) === layout;
}

/** Whether some texts of the layout are written unlike others. */
export function isCommon(layout: string): boolean {
  return /[([]/.test(layout);
}

export type LayoutParts = {
  readonly time: boolean;
  readonly separator: " " | "T" | "either" | null;
  readonly seconds: boolean;
  /** Digits of fraction, 0 to 6; the most of them where not all texts have as many. */
  readonly fraction: number;
  /** Texts may have fewer digits of fraction, or none. */
  readonly fewer: boolean;
  /** `""`, `"Z"`, `"±HH:MM"`, or `"either"` for `Z` and `+00:00`. */
  readonly zone: string;
};

/** Takes a layout apart; the layout is trusted to come from {@link layoutOf} or {@link commonLayout}. */
export function layoutParts(layout: string): LayoutParts {
  const time = layout.length > 10;
  const zone = layout.endsWith(eitherUtc) ? "either" : (/(Z|[+-]\d{2}:\d{2})$/.exec(layout.slice(10))?.[0] ?? "");
  return {
    time,
    separator: !time ? null : layout.startsWith(eitherSeparator, 10) ? "either" : (layout[10] as " " | "T"),
    seconds: layout.includes(":SS"),
    fraction: /\.(f+)/.exec(layout)?.[1]?.length ?? 0,
    fewer: layout.includes(anyFraction),
    zone,
  };
}

/** The layout that texts of all these have: common where they write instants in several ways; null where they have none. */
export function commonLayout(layouts: readonly string[]): string | null {
  const [first, ...others] = layouts.map((layout) => layoutParts(layout.replace(longFraction, anyFraction)));
  if (first === undefined) return null;
  let common = first;
  for (const next of others) {
    const zone = commonZone(common.zone, next.zone);
    if (next.time !== common.time || next.seconds !== common.seconds || zone === null) return null;
    const sameDigits = next.fraction === common.fraction && next.fewer === common.fewer;
    common = {
      ...common,
      separator: next.separator === common.separator ? common.separator : "either",
      ...(sameDigits ? {} : { fraction: mostDigits, fewer: true }),
      zone,
    };
  }
  return picture(common);
}

/** Layouts of one group have a common layout; those of two have none. The largest group first. */
export function layoutGroups<T extends { readonly layout: string; readonly found: { readonly count: number } }>(
  entries: readonly T[],
): T[][] {
  const groups: T[][] = [];
  for (const entry of entries) {
    const group = groups.find(([one]) => one !== undefined && commonLayout([one.layout, entry.layout]) !== null);
    if (group === undefined) groups.push([entry]);
    else group.push(entry);
  }
  const size = (group: readonly T[]): number => group.reduce((sum, { found }) => sum + found.count, 0);
  return groups.sort((a, b) => size(b) - size(a));
}

/**
 * An instant in one spelling, `YYYY-MM-DD HH:MM:SS.ffffff` as on the wall: texts of one common layout
 * are equal in it exactly if they name one instant. Null for what is no date.
 */
export function instantText(text: string): string | null {
  const layout = layoutOf(text);
  if (layout === null) return null;
  const { time, seconds, fraction } = layoutParts(layout);
  const clock = !time ? "00:00:00" : seconds ? text.slice(11, 19) : `${text.slice(11, 16)}:00`;
  return `${text.slice(0, 10)} ${clock}.${fraction === 0 ? "000000" : text.slice(20, 20 + fraction).padEnd(6, "0")}`;
}

function picture({ time, separator, seconds, fraction, fewer, zone }: LayoutParts): string {
  if (!time) return "YYYY-MM-DD";
  const digits = fewer ? anyFraction : fraction > 0 ? `.${"f".repeat(fraction)}` : "";
  const end = zone === "either" ? eitherUtc : zone;
  return `YYYY-MM-DD${separator === "either" ? eitherSeparator : separator}HH:MM${seconds ? ":SS" : ""}${digits}${end}`;
}

/** Z and +00:00 are one zone; null for two. */
function commonZone(a: string, b: string): string | null {
  if (a === b) return a;
  const isUtc = (zone: string): boolean => zone === "Z" || zone === "+00:00" || zone === "either";
  return isUtc(a) && isUtc(b) ? "either" : null;
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
