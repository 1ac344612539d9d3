/**
 * Layouts of dates that a step names, in the words of core's layouts and a few
 * of to_char's: `DD.MM.YYYY HH:MM`. MM means minutes once hours were read.
 */
import { isDay } from "../../core/values/date-layout.ts";

/** `local`: microseconds since 1970 on the clock that wrote it; `offset`: its minutes east of UTC, where the text says. */
export type DateParts = { readonly local: bigint; readonly offset: number | null };

/** The function gives null for a text of another layout, or one that is no real date. */
export function compileLayout(layout: string, problem: (message: string) => void): (text: string) => DateParts | null {
  const { source, fields } = patternOf(layout);
  for (const field of ["year", "month", "day"] as const)
    if (!fields.includes(field)) problem(`the layout ${layout} has no ${field}`);
  const twice = fields.find((field, i) => fields.indexOf(field) !== i);
  if (twice !== undefined) problem(`the layout ${layout} has the ${twice} twice`);
  if (fields.includes("hour12") !== fields.includes("half")) problem(`the layout ${layout} needs HH12 and AM together`);
  const pattern = new RegExp(`^${source}$`, "i");
  return (text) => {
    const m = pattern.exec(text);
    return m === null ? null : partsOf(new Map(fields.map((field, i) => [field, m[i + 1] ?? ""])));
  };
}

type Field = "year" | "month" | "name" | "day" | "hour" | "hour12" | "half" | "minute" | "second" | "fraction" | "zone";

const tokens: readonly [string, Field, string][] = [
  ["YYYY", "year", "(\\d{4})"],
  ["Month", "month", "([a-z]{3,9})"],
  ["Mon", "month", "([a-z]{3})"],
  ["MM", "month", "(\\d{2})"],
  ["M", "month", "(\\d{1,2})"],
  ["DD", "day", "(\\d{2})"],
  ["D", "day", "(\\d{1,2})"],
  ["HH12", "hour12", "(\\d{1,2})"],
  ["HH", "hour", "(\\d{2})"],
  ["H", "hour", "(\\d{1,2})"],
  ["AM", "half", "([ap]m)"],
  ["SS", "second", "(\\d{2})"],
  ["Z", "zone", "(Z|[+-]\\d{2}(?::?\\d{2})?)"],
];

function patternOf(layout: string): { source: string; fields: Field[] } {
  const fields: Field[] = [];
  let source = "";
  for (let at = 0; at < layout.length; ) {
    const rest = layout.slice(at);
    const fraction = /^f{1,6}(?![a-z])/.exec(rest)?.[0];
    const token = tokens.find(([word]) => rest.startsWith(word));
    if (fraction !== undefined) {
      fields.push("fraction");
      source += `(\\d{${fraction.length}})`;
      at += fraction.length;
    } else if (token !== undefined) {
      const [word, field, shape] = token;
      const hours = fields.includes("hour") || fields.includes("hour12");
      fields.push(word === "MM" && hours && !fields.includes("minute") ? "minute" : field);
      source += shape;
      at += word.length;
    } else {
      source += rest.charAt(0).replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&");
      at++;
    }
  }
  return { source, fields };
}

const monthNames = "january february march april may june july august september october november december".split(" ");

function partsOf(fields: ReadonlyMap<Field, string>): DateParts | null {
  const number = (field: Field): number => Number(fields.get(field) ?? 0);
  const year = number("year");
  const month = monthOf(fields.get("month") ?? "");
  const day = number("day");
  const hour = fields.has("hour12") ? hourOfHalf(number("hour12"), fields.get("half") ?? "") : number("hour");
  const minute = number("minute");
  const second = number("second");
  const offset = offsetOf(fields.get("zone"));
  if (!isDay(year, month, day) || hour === null || hour > 23 || minute > 59 || second > 59 || Number.isNaN(offset))
    return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const microseconds = BigInt((fields.get("fraction") ?? "").padEnd(6, "0"));
  return { local: BigInt(date.getTime()) * 1000n + microseconds, offset };
}

/** 0 when there is no such month. */
function monthOf(text: string): number {
  if (/^\d/.test(text)) return Number(text);
  return monthNames.findIndex((name) => name === text.toLowerCase() || name.slice(0, 3) === text.toLowerCase()) + 1;
}

function hourOfHalf(hour: number, half: string): number | null {
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
}

/** NaN when there is no such offset. */
function offsetOf(zone: string | undefined): number | null {
  if (zone === undefined) return null;
  if (zone.toUpperCase() === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", "") || 0);
  const isReal = Number(zone.slice(1, 3)) <= 15 && Number(zone.slice(3).replace(":", "") || 0) <= 59;
  return isReal ? (zone.startsWith("-") ? -minutes : minutes) : Number.NaN;
}
