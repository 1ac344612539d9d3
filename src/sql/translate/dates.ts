/** SQLite's date functions over `now`, date literals and date columns without modifiers. All of them work in UTC. */
import { quoteLiteral } from "../../core/quote.ts";
import { layoutOf, layoutParts } from "../../core/values/date-layout.ts";
import { epochSql } from "./defaults/epoch-now.ts";
import { cast, type Fragment, fragment, invoke, textLiteral } from "./fragment.ts";
import { refuse } from "./translation.ts";
import { isDate } from "./value-type.ts";

/** SQLite's "now" is the statement's: the same wherever it stands in it, and another one in the next. */
export const utcNow = "timezone('UTC', statement_timestamp())";

const formats: Readonly<Record<string, string>> = {
  date: "YYYY-MM-DD",
  time: "HH24:MI:SS",
  datetime: "YYYY-MM-DD HH24:MI:SS",
  CURRENT_DATE: "YYYY-MM-DD",
  CURRENT_TIME: "HH24:MI:SS",
  CURRENT_TIMESTAMP: "YYYY-MM-DD HH24:MI:SS",
};

/** CURRENT_TIMESTAMP and its like: texts in SQLite. */
export function nowText(what: string): Fragment {
  return formatted(utcNow, formats[what] ?? "");
}

export function dateFunction(name: string, args: readonly Fragment[]): Fragment {
  const { format, moment, subsecond } = readArguments(name, args);
  if (name === "unixepoch") return subsecond ? fragment(epochSql(withMilliseconds), "real") : epochSeconds(moment);
  if (name === "julianday") return julianDay(moment);
  const usual = formats[name] ?? "";
  if (name !== "strftime") return foldOr(name, moment, subsecond && name !== "date" ? `${usual}.MS` : usual);
  if (format?.literal == null) return refuse("strftime() with a format that is not a literal");
  return strftime(format.literal, moment);
}

type Moment = {
  readonly sql: string;
  readonly literal: string | null;
  readonly fraction: boolean;
  /** Now, or reckoned from it. */
  readonly current: boolean;
};
const now: Moment = { sql: utcNow, literal: null, fraction: true, current: true };

function momentOf(piece: Fragment, name: string): Moment {
  if (piece.literal !== null && piece.type === "text") {
    if (piece.literal.toLowerCase() === "now") return now;
    const layout = layoutOf(piece.literal);
    if (layout !== null && layoutParts(layout).zone === "" && layoutParts(layout).fraction === 0)
      return {
        sql: `TIMESTAMP ${quoteLiteral(piece.literal)}`,
        literal: piece.literal,
        fraction: false,
        current: false,
      };
  }
  const layout = piece.encoding && "layout" in piece.encoding ? piece.encoding.layout : null;
  if (!isDate(piece.type) || layout === null) return refuse(`${name}() of a value that is not a date column`);
  const sql = piece.type === "timestamptz" ? `timezone('UTC', ${piece.sql})` : piece.sql;
  return { sql, literal: null, fraction: layoutParts(layout).fraction > 0, current: false };
}

/** The moment that such a call speaks of, as a timestamp in UTC. `subsecond`: it is to the millisecond. */
export function readArguments(
  name: string,
  args: readonly Fragment[],
): { readonly format: Fragment | undefined; readonly moment: Moment; readonly subsecond: boolean } {
  const [format, rest] = name === "strftime" ? [args[0], args.slice(1)] : [undefined, args];
  // Without a moment, a modifier is one of now.
  const alone = rest[0] === undefined || saysSubsecond(rest[0]);
  const modifiers = alone ? rest : rest.slice(1);
  const start = alone || rest[0] === undefined ? now : momentOf(rest[0], name);
  const moment = modifiers.filter((one) => !saysSubsecond(one)).reduce((at, one) => modified(at, one, name), start);
  const subsecond = modifiers.some(saysSubsecond);
  if (subsecond && !moment.current) return refuse(`the modifiers of ${name}()`);
  return { format, moment, subsecond };
}

const withMilliseconds = { unit: "seconds", to: "milliseconds" } as const;

/** The modifier that asks for milliseconds. */
export function isSubsecond(text: string): boolean {
  return /^subsec(ond)?$/i.test(text);
}

function saysSubsecond(piece: Fragment): boolean {
  return piece.literal !== null && piece.type === "text" && isSubsecond(piece.literal);
}

/** `+7 days`, `start of month`: what is the same in both; days and less always have one length. */
function modified(moment: Moment, modifier: Fragment, name: string): Moment {
  const word = modifier.literal?.toLowerCase().trim() ?? "";
  const [, count, unit] = /^([+-]?\d{1,6}) (second|minute|hour|day)s?$/.exec(word) ?? [];
  const [, start] = /^start of (day|month|year)$/.exec(word) ?? [];
  if (moment.literal !== null || !moment.current || (count === undefined && start === undefined))
    return refuse(`the modifier ${quoteLiteral(word)} of ${name}()`);
  if (start !== undefined) return { ...moment, sql: `date_trunc('${start}', ${moment.sql})` };
  return { ...moment, sql: `(${moment.sql} + INTERVAL '${Number(count)} ${unit}')` };
}

/** A literal's date and time are known now; anything else is written by to_char. */
function foldOr(name: string, moment: Moment, format: string): Fragment {
  if (moment.literal === null) {
    if (moment.fraction && !moment.current && name !== "date")
      return refuse(`${name}() of a column with fractions of seconds`);
    return formatted(moment.sql, format);
  }
  const [day = "", clock = "00:00"] = moment.literal.split(/[ T]/);
  const time = clock.length === 5 ? `${clock}:00` : clock;
  return textLiteral(name === "date" ? day : name === "time" ? time : `${day} ${time}`);
}

function epochSeconds(moment: Moment): Fragment {
  if (moment.fraction && !moment.current) return refuse("unixepoch() of a column with fractions of seconds");
  return cast(invoke("floor", [`extract(epoch FROM ${moment.sql})`], "numeric"), "bigint", "integer");
}

/** SQLite's day is a count of milliseconds, divided. */
function julianDay(moment: Moment): Fragment {
  const milliseconds = `(round(extract(epoch FROM ${moment.sql}) * 1000) + 210866760000000)::float8`;
  return fragment(`${milliseconds} / 86400000`, "real");
}

const directives: Readonly<Record<string, string>> = {
  Y: "YYYY",
  m: "MM",
  d: "DD",
  H: "HH24",
  M: "MI",
  S: "SS",
  j: "DDD",
  F: "YYYY-MM-DD",
  T: "HH24:MI:SS",
  f: "SS.MS",
  R: "HH24:MI",
  I: "HH12",
  p: "AM",
  P: "am",
  G: "IYYY",
  V: "IW",
  u: "ID",
};

function strftime(format: string, moment: Moment): Fragment {
  if (format === "%s") return { ...cast(epochSeconds(moment), "text", "text"), looks: "digits" };
  if (format === "%w")
    return {
      ...cast(cast(invoke("extract", [`dow FROM ${moment.sql}`], "numeric"), "int"), "text", "text"),
      looks: "digits",
    };
  const clock = /%[HMSTRf]/.test(format);
  if (clock && moment.fraction && !moment.current) return refuse("strftime() of a column with fractions of seconds");
  const parts = format.match(/%.|[^%]+/gs) ?? [];
  const made = parts.map((part) => {
    if (part === "%%") return '"%"';
    if (!part.startsWith("%")) return /^[-: /.,]+$/.test(part) ? part : `"${part.replace(/["\\]/g, "\\$&")}"`;
    return directives[part.slice(1)] ?? refuse(`strftime('${part}')`);
  });
  const digits = parts.length > 0 && parts.every((part) => /^%[YmdHMSj]$/.test(part));
  return { ...formatted(moment.sql, made.join("")), looks: digits ? "digits" : /.[-:/]/.test(format) ? "date" : null };
}

function formatted(moment: string, format: string): Fragment {
  return invoke("to_char", [moment, quoteLiteral(format)], "text", { looks: "date" });
}
