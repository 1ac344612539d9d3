/** Defaults that say "now": texts in SQLite, in UTC and to the second, or numbers since 1970. */
import { layoutParts } from "../../../core/values/date-layout.ts";
import type { CallKind, Expression } from "../../parse/ast.ts";
import { dateFunction, isSubsecond, nowText, readArguments, utcNow } from "../dates.ts";
import { type Fragment, textLiteral } from "../fragment.ts";
import { refuse } from "../translation.ts";
import type { DefaultColumn } from "./default-column.ts";
import { type EpochNow, epochNow, epochSql } from "./epoch-now.ts";

/** Whether the default is the current date and time as a text. */
export function isNowText(node: Expression): boolean {
  if (node.kind === "current") return node.what === "CURRENT_TIMESTAMP";
  if (node.kind !== "call" || !saysNow(node) || node.args.length > (node.name === "strftime" ? 2 : 1)) return false;
  return layoutWritten(node)?.includes("HH:MM") === true;
}

/** Null when the default is none of these. */
export function nowDefault(node: Expression, column: DefaultColumn): string | null {
  const epoch = epochNow(node);
  if (epoch !== null) return epochDefault(epoch, column);
  if (column.encoding.kind === "epoch" && isNowText(node)) return epochMoment(precisionOf(layoutWritten(node)), column);
  const text = nowOf(node);
  if (text === null) return null;
  const { kind } = column.encoding;
  if (kind === "date" || kind === "timestamp" || kind === "timestamptz") return dated(node, column);
  if (text.looks === "digits" && kind === "integer" && isNumeric(column)) return `${text.sql}::bigint`;
  if (text.type === "real" && kind === "real") return text.sql;
  // A text of digits only stays one where the column's affinity does not make it a number.
  if (text.type === "text" && kind === "text" && (text.looks === "date" || column.affinity === "TEXT")) return text.sql;
  return refuse(`the current time in a column of type ${column.pgType}`);
}

/** A column that holds the number, or has become the moment that it stands for. */
function epochDefault(now: EpochNow, column: DefaultColumn): string {
  const { kind } = column.encoding;
  const sql = epochSql(now);
  const isNumber = now.as !== "text" || isNumeric(column);
  switch (kind) {
    case "epoch":
      if (column.encoding.unit === now.unit && isNumber) return epochMoment(now.to, column);
      break;
    case "integer":
      // In a column for integers SQLite keeps a whole number as one; with a fraction it would be a REAL.
      if (isNumber && (now.as !== "real" || now.unit === "milliseconds")) return sql;
      break;
    case "real":
    case "numeric":
      if (isNumber) return kind === "real" ? `(${sql})::float8` : sql;
      break;
    case "text":
      if (now.as === "text" || (now.as === "integer" && column.affinity === "TEXT")) return `(${sql})::text`;
      break;
    default:
  }
  return refuse(`the current time in ${now.unit} in a column of type ${column.pgType}`);
}

function epochMoment(to: string, { encoding, pgType }: DefaultColumn): string {
  if (encoding.kind !== "epoch") return refuse(pgType);
  return encoding.zoned ? `date_trunc('${to}', statement_timestamp())` : `date_trunc('${to}', ${utcNow})`;
}

function precisionOf(layout: string | null): string {
  return layout === null || layout.includes(".f") ? "milliseconds" : layout.includes(":SS") ? "second" : "minute";
}

function nowOf(node: Expression): Fragment | null {
  if (node.kind === "current") return nowText(node.what);
  if (node.kind !== "call" || !saysNow(node)) return null;
  return dateFunction(node.name, textsOf(node));
}

const dateFunctions = new Set(["date", "time", "datetime", "strftime", "unixepoch", "julianday"]);

function saysNow(call: CallKind): boolean {
  if (!dateFunctions.has(call.name)) return false;
  const moment = call.args[call.name === "strftime" ? 1 : 0];
  return (
    moment === undefined || (moment.kind === "string" && (/^now$/i.test(moment.value) || isSubsecond(moment.value)))
  );
}

/** The text must be one the column's layout reads; what a layout leaves out is cut off. */
function dated(node: Expression, { encoding, pgType }: DefaultColumn): string {
  if (encoding.kind !== "date" && encoding.kind !== "timestamp" && encoding.kind !== "timestamptz")
    return refuse(pgType);
  const written = layoutWritten(node);
  if (written === null) return refuse(`the current time in this form in a column of type ${pgType}`);
  const { layout } = encoding;
  const same = layoutParts(written);
  const there = layoutParts(layout);
  if (same.time !== there.time) return refuse(`a default written as ${written} in a column written as ${layout}`);
  if (encoding.kind === "date") return `${momentOf(node)}::date`;
  const zoneIsUtc = /^(|Z|\+00:00|either)$/.test(there.zone);
  if (!zoneIsUtc && same.zone !== there.zone) return refuse(`the current time in a column written as ${layout}`);
  const at = momentOf(node);
  const part = there.seconds ? precisionOf(written) : "minute";
  if (encoding.kind === "timestamp") return `date_trunc('${part}', ${at})`;
  return `date_trunc('${part}', ${at === utcNow ? "statement_timestamp()" : `timezone('UTC', ${at})`})`;
}

/** SQL of a timestamp in UTC. */
function momentOf(node: Expression): string {
  return node.kind === "call" ? readArguments(node.name, textsOf(node)).moment.sql : utcNow;
}

function textsOf({ name, args }: CallKind): Fragment[] {
  return args.map((arg) => (arg.kind === "string" ? textLiteral(arg.value) : refuse(`this form of ${name}()`)));
}

const layouts: Readonly<Record<string, string>> = {
  CURRENT_DATE: "YYYY-MM-DD",
  CURRENT_TIMESTAMP: "YYYY-MM-DD HH:MM:SS",
  date: "YYYY-MM-DD",
  datetime: "YYYY-MM-DD HH:MM:SS",
};

/** The layout of the text such a default makes; null when it makes no date. */
function layoutWritten(node: Expression): string | null {
  if (node.kind === "current") return layouts[node.what] ?? null;
  if (node.kind !== "call") return null;
  const format = node.args[0];
  if (node.name !== "strftime") {
    const subsecond = node.args.some((arg) => arg.kind === "string" && isSubsecond(arg.value));
    const layout = layouts[node.name] ?? null;
    return subsecond && node.name === "datetime" ? `${layout}.fff` : layout;
  }
  if (format?.kind !== "string") return null;
  const layout = format.value
    .replace("%F", "%Y-%m-%d")
    .replace("%T", "%H:%M:%S")
    .replace(
      /%[YmdHMSf]/g,
      (part) =>
        ({ "%Y": "YYYY", "%m": "MM", "%d": "DD", "%H": "HH", "%M": "MM", "%S": "SS", "%f": "SS.fff" })[part] ?? "",
    );
  return /^YYYY-MM-DD([ T]HH:MM(:SS(\.fff)?)?(Z|\+00:00)?)?$/.test(layout) ? layout : null;
}

function isNumeric({ affinity }: DefaultColumn): boolean {
  return affinity === "INTEGER" || affinity === "NUMERIC" || affinity === "REAL";
}
