/**
 * One cell of the target as canonical text, by SQL of PostgreSQL: the
 * counterpart of source-cell.ts. What no source value could have become (a
 * date before year 1, microseconds that the layout has no digits for) is `X`,
 * which the source never has. Never NULL, for a NULL would vanish in a
 * concatenation.
 */
import { isCommon, layoutParts } from "../../../../core/values/date-layout.ts";
import type { Encoding } from "../../../../core/values/encoding.ts";
import { quoteLiteral } from "../../../quote.ts";
import { liveTarget } from "../live/live-target.ts";
import { longCell } from "./canonical-limits.ts";

/** `c` is the quoted column. */
export function targetCell(encoding: Encoding, c: string): string {
  switch (encoding.kind) {
    case "integer":
      return orNull(`'i'||${c}||';'`);
    case "real":
      return orNull(`'r'||encode(float8send(${c}),'hex')`);
    case "numeric":
      return orNull(`'d'||${c}::text||';'`);
    case "text":
    case "literal":
    case "rendered":
      return orNull(text("t", `${c}::text`));
    case "bytes":
    case "text-bytes":
      return orNull(
        `CASE WHEN octet_length(${c}) <= ${longCell} THEN 'b'||octet_length(${c})||':'||encode(${c},'hex') ELSE 'B'||octet_length(${c})||':'||encode(sha256(${c}),'hex') END`,
      );
    case "tagged":
      return tagged(c);
    case "boolean":
      return `CASE WHEN ${c} THEN 'y' WHEN NOT ${c} THEN 'f' ELSE 'n' END`;
    case "date":
    case "timestamp":
    case "timestamptz":
      return dated(encoding.kind, encoding.layout, c);
    case "epoch":
      return guarded(c, `isfinite(${c})`, `'i'||trunc(extract(epoch FROM ${c})*1000000)::text||';'`);
    case "json":
      return orNull(`'j'||encode(sha256(convert_to(${c}::text,'UTF8')),'hex')`);
    case "live":
      return liveTarget(encoding.reading, c);
  }
}

/** Types, as pg_type.typname, that a column of this encoding may have; null = any, since every type has a text. */
export function targetTypes(encoding: Encoding): readonly string[] | null {
  switch (encoding.kind) {
    case "integer":
      return ["int2", "int4", "int8"];
    case "real":
      return ["float8"];
    case "numeric":
      return ["numeric"];
    case "text":
    case "literal":
    case "rendered":
    case "live":
      return null;
    case "bytes":
    case "text-bytes":
      return ["bytea"];
    case "tagged":
    case "json":
      return ["jsonb"];
    case "boolean":
      return ["bool"];
    case "date":
    case "timestamp":
    case "timestamptz":
      return [encoding.kind];
    case "epoch":
      return [encoding.zoned ? "timestamptz" : "timestamp"];
  }
}

function orNull(text: string): string {
  return `coalesce(${text},'n')`;
}

function guarded(c: string, condition: string, text: string): string {
  return `CASE WHEN ${c} IS NULL THEN 'n' WHEN ${condition} THEN ${text} ELSE 'X' END`;
}

function text(prefix: string, value: string): string {
  return `CASE WHEN octet_length(${value}) <= ${longCell} THEN '${prefix}'||octet_length(${value})||':'||${value} ELSE '${prefix.toUpperCase()}'||octet_length(${value})||':'||encode(sha256(convert_to(${value},'UTF8')),'hex') END`;
}

/** Exactly the two members, both strings, and one of the four classes. */
function tagged(c: string): string {
  const classes = "'integer','real','text','blob'";
  const exact = `jsonb_typeof(${c}->'t') = 'string' AND jsonb_typeof(${c}->'v') = 'string' AND ${c}->>'t' IN (${classes}) AND ${c} = jsonb_build_object('t',${c}->'t','v',${c}->'v')`;
  const v = `(${c}->>'v')`;
  const t = `(${c}->>'t')`;
  return guarded(
    c,
    exact,
    `CASE WHEN octet_length(${v}) <= ${longCell} THEN 'g'||${t}||';'||octet_length(${v})||':'||${v} ELSE 'G'||upper(${t})||';'||octet_length(${v})||':'||encode(sha256(convert_to(${v},'UTF8')),'hex') END`,
  );
}

function dated(kind: "date" | "timestamp" | "timestamptz", layout: string, c: string): string {
  // PostgreSQL's own text is already these layouts, and longer wherever a digit, an era or an infinity would be lost.
  if (kind === "date" || (kind === "timestamp" && layout === "YYYY-MM-DD HH:MM:SS")) {
    return orNull(`'t'||octet_length(${c}::text)||':'||${c}::text`);
  }
  const parts = layoutParts(layout);
  if (isCommon(layout)) {
    const wall = wallClock(kind, parts.zone === "either" ? "" : parts.zone, c);
    const whole = parts.seconds ? "TRUE" : `date_trunc('minute', ${wall}) = ${wall}`;
    const within = `isfinite(${c}) AND ${wall} >= '0001-01-01' AND ${wall} < '10000-01-01'`;
    return guarded(c, `${within} AND ${whole}`, `'m'||to_char(${wall},'YYYY-MM-DD HH24:MI:SS.US')`);
  }
  const wall = wallClock(kind, parts.zone, c);
  const whole = parts.seconds
    ? `${wall}::timestamp(${parts.fraction}) = ${wall}`
    : `date_trunc(${quoteLiteral(parts.time ? "minute" : "day")}, ${wall}) = ${wall}`;
  const picture = `YYYY-MM-DD${parts.time ? `"${parts.separator}"HH24:MI` : ""}${parts.seconds ? ":SS" : ""}${parts.fraction > 0 ? `.FF${parts.fraction}` : ""}`;
  return guarded(
    c,
    `isfinite(${c}) AND ${wall} >= '0001-01-01' AND ${wall} < '10000-01-01' AND ${whole}`,
    `'t${lengthOf(layout)}:'||to_char(${wall},${quoteLiteral(picture)})||${quoteLiteral(parts.zone)}`,
  );
}

/** The time as the source's text writes it. A timestamp without a zone holds UTC. */
function wallClock(kind: "timestamp" | "timestamptz", zone: string, c: string): string {
  const shift = quoteLiteral(offset(zone));
  if (kind === "timestamptz") return `(${c} AT TIME ZONE INTERVAL ${shift})`;
  return zone === "" ? c : `(${c} + INTERVAL ${shift})`;
}

/** Bytes of a text in that layout: its picture has one letter per digit. */
function lengthOf(layout: string): number {
  return Buffer.byteLength(layout);
}

function offset(zone: string): string {
  return zone === "" || zone === "Z" ? "+00:00" : zone;
}
