/** Defaults that say "now": texts in SQLite, in UTC and to the second. */
import { layoutParts } from "../core/date-layout.ts";
import type { CallKind, Expression } from "./ast.ts";
import { dateFunction, nowText } from "./dates.ts";
import { type Fragment, textLiteral } from "./fragment.ts";
import type { DefaultColumn } from "./translate-default.ts";
import { refuse } from "./translation.ts";

/** Null when the default is none of these. */
export function nowDefault(node: Expression, column: DefaultColumn): string | null {
  const text = nowOf(node);
  if (text === null) return null;
  const { kind } = column.encoding;
  if (kind === "date" || kind === "timestamp" || kind === "timestamptz") return dated(node, column);
  if (text.type === "integer" && kind === "integer") return text.sql;
  if (text.looks === "digits" && kind === "integer" && isNumeric(column)) return `${text.sql}::bigint`;
  if (text.type === "real" && kind === "real") return text.sql;
  // A text of digits only stays one where the column's affinity does not make it a number.
  if (text.type === "text" && kind === "text" && (text.looks === "date" || column.affinity === "TEXT")) return text.sql;
  if (text.type === "integer" && kind === "text" && column.affinity === "TEXT") return `${text.sql}::text`;
  return refuse(`the current time in a column of type ${column.pgType}`);
}

function nowOf(node: Expression): Fragment | null {
  if (node.kind === "current") return nowText(node.what);
  if (node.kind !== "call" || !saysNow(node)) return null;
  return dateFunction(
    node.name,
    node.args.map((arg) => (arg.kind === "string" ? textLiteral(arg.value) : refuse(`this form of ${node.name}()`))),
  );
}

const dateFunctions = new Set(["date", "time", "datetime", "strftime", "unixepoch", "julianday"]);

function saysNow(call: CallKind): boolean {
  if (!dateFunctions.has(call.name)) return false;
  const moment = call.args[call.name === "strftime" ? 1 : 0];
  return moment === undefined || (moment.kind === "string" && moment.value.toLowerCase() === "now");
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
  if (encoding.kind === "date") return "timezone('UTC', now())::date";
  const zoneIsUtc = there.zone === "" || there.zone === "Z" || there.zone === "+00:00";
  if (!zoneIsUtc && same.zone !== there.zone) return refuse(`the current time in a column written as ${layout}`);
  const part = there.seconds ? (written.includes(".f") ? "milliseconds" : "second") : "minute";
  return encoding.kind === "timestamptz"
    ? `date_trunc('${part}', now())`
    : `date_trunc('${part}', timezone('UTC', now()))`;
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
  if (node.name !== "strftime") return layouts[node.name] ?? null;
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
