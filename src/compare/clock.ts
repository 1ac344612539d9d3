/** Times of day and lengths of time, however they are written. */

const time = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?$/;
const zone = /^(.*?) ?(Z|[+-]\d{2}(?::?\d{2}(?::\d{2})?)?)$/i;

/** Microseconds since midnight; 24:00 is another time than 00:00. Null when the text is no time. */
export function timeOfDay(text: string): bigint | null {
  const [, hour, minute, second = "0", fraction = ""] = time.exec(text) ?? [];
  if (hour === undefined || Number(minute) > 59 || Number(second) > 59) return null;
  const micros = clock(hour, minute ?? "0", second, fraction);
  return micros > 24n * 3_600_000_000n ? null : micros;
}

/** With its zone, which is part of the value. */
export function zonedTime(text: string): string | null {
  const [, local, offset] = zone.exec(text) ?? [];
  const micros = local === undefined ? null : timeOfDay(local);
  if (micros === null || offset === undefined) return null;
  if (offset.toUpperCase() === "Z") return `${micros}+0`;
  const [hours = "0", minutes = "0", seconds = "0"] = offset.slice(1).match(/\d{2}/g) ?? [];
  const east = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return `${micros}${offset.startsWith("-") && east > 0 ? "-" : "+"}${east}`;
}

/**
 * Months, days and microseconds, which PostgreSQL keeps apart: a day is not 24 hours, a month not 30 days. Null for what
 * is not understood, such as a fraction of a month.
 */
export function intervalOf(text: string): string | null {
  return /^-?P/.test(text) ? isoInterval(text) : wordyInterval(text);
}

type Unit = readonly [part: "months" | "days" | "micros", size: bigint];

const units: Readonly<Record<string, Unit>> = {
  year: ["months", 12n],
  y: ["months", 12n],
  mon: ["months", 1n],
  month: ["months", 1n],
  week: ["days", 7n],
  w: ["days", 7n],
  day: ["days", 1n],
  d: ["days", 1n],
  hour: ["micros", 3_600_000_000n],
  hr: ["micros", 3_600_000_000n],
  h: ["micros", 3_600_000_000n],
  minute: ["micros", 60_000_000n],
  min: ["micros", 60_000_000n],
  m: ["micros", 60_000_000n],
  second: ["micros", 1_000_000n],
  sec: ["micros", 1_000_000n],
  s: ["micros", 1_000_000n],
  millisecond: ["micros", 1000n],
  ms: ["micros", 1000n],
};

type Sum = Record<Unit[0], bigint>;

const shown = ({ months, days, micros }: Sum): string => `${months}/${days}/${micros}`;

function wordyInterval(text: string): string | null {
  const sum: Sum = { months: 0n, days: 0n, micros: 0n };
  const ago = / ago$/.test(text);
  let rest = text.replace(/^@ /, "").replace(/ ago$/, "").trim();
  if (rest === "") return null;
  while (rest !== "") {
    const clocked = /^([+-]?)(\d+):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?$/.exec(rest);
    if (clocked !== null) {
      const [, sign, hours = "0", minutes = "0", seconds = "0", fraction = ""] = clocked;
      const micros = clock(hours, minutes, seconds, fraction);
      sum.micros += sign === "-" ? -micros : micros;
      break;
    }
    const worded = /^([+-]?\d+(?:\.\d{1,6})?) ?([a-z]+)\s*/i.exec(rest);
    if (worded === null || !add(sum, worded[1] ?? "", (worded[2] ?? "").toLowerCase())) return null;
    rest = rest.slice(worded[0].length);
  }
  return shown(ago ? { months: -sum.months, days: -sum.days, micros: -sum.micros } : sum);
}

function isoInterval(text: string): string | null {
  const sum: Sum = { months: 0n, days: 0n, micros: 0n };
  const [, all, date = "", hours] = /^(-?)P([^T]*)(?:T(.+))?$/.exec(text) ?? [];
  if (all === undefined || all === "-" || (date === "" && hours === undefined)) return null;
  const parts = (of: string, names: Readonly<Record<string, string>>): boolean =>
    of.replace(/([+-]?\d+(?:\.\d{1,6})?)([A-Z])/g, (whole, number: string, letter: string) =>
      add(sum, number, names[letter] ?? "") ? "" : whole,
    ) === "";
  const fine =
    parts(date, { Y: "year", M: "month", W: "week", D: "day" }) &&
    parts(hours ?? "", { H: "hour", M: "minute", S: "second" });
  return fine ? shown(sum) : null;
}

/** False for a unit that is not known, and for a fraction of what has no exact one. */
function add(sum: Sum, number: string, name: string): boolean {
  const unit = units[name] ?? units[name.replace(/s$/, "")];
  if (unit === undefined) return false;
  const [whole = "0", fraction = ""] = number.split(".");
  const [part, size] = unit;
  if (fraction !== "" && part !== "micros") return false;
  const scaled = BigInt(fraction.padEnd(6, "0")) * size;
  if (scaled % 1_000_000n !== 0n) return false;
  const below = scaled / 1_000_000n;
  sum[part] += BigInt(whole) * size + (whole.startsWith("-") ? -below : below);
  return true;
}

function clock(hours: string, minutes: string, seconds: string, fraction: string): bigint {
  const whole = BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds);
  return whole * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
}
