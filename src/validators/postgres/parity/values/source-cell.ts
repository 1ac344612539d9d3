/**
 * One cell of the source as canonical text, by SQL of SQLite. The text says
 * NULL, class, length and content, and stands for exactly one value, so cells
 * can be joined into rows and rows into chunks. A class the encoding does not
 * carry becomes `x`, which the target never has: such a cell always differs.
 *
 * Never `length(text)`, which stops at NUL, and never CAST of a REAL, which
 * keeps 15 digits. target-cell.ts writes the same text by SQL of PostgreSQL.
 */

import type { StorageClass } from "../../../../core/plan/profile.ts";
import type { Catalog } from "../../../../core/schema/catalog.ts";
import { isCommon, layoutParts } from "../../../../core/values/date-layout.ts";
import type { BooleanLiteral, Encoding } from "../../../../core/values/encoding.ts";
import { quoteLiteral } from "../../../quote.ts";
import { longCell, notCarried } from "./canonical-limits.ts";

/** `c` is the quoted column. */
export function sourceCell(encoding: Encoding, c: string, database: Catalog["encoding"]): string {
  const wide = database !== "UTF-8";
  switch (encoding.kind) {
    case "integer":
      return byClass(c, { integer: `'i'||${c}||';'` });
    case "real":
      return byClass(c, { real: `'r'||rowhaul_float8(${c})`, integer: smallIntegerAsReal(c) });
    case "numeric":
      return byClass(c, { integer: `'d'||${c}||';'`, real: `'d'||rowhaul_decimal(${c})||';'` });
    case "text":
    case "literal":
      return byClass(c, { text: text("t", c, wide) });
    case "date":
    case "timestamp":
    case "timestamptz":
      return byClass(c, { text: isCommon(encoding.layout) ? instant(encoding.layout, c, wide) : text("t", c, wide) });
    case "rendered":
      return byClass(c, {
        text: textNotLikeNumber(c, wide),
        integer: shortNumber("t", c),
        real: finite(c, shortNumber("t", decimal(c))),
      });
    case "bytes":
      return byClass(c, { blob: bytes(c) });
    case "text-bytes":
      return byClass(c, { text: wide ? `rowhaul_text16_bytes(CAST(${c} AS BLOB))` : bytes(`CAST(${c} AS BLOB)`) });
    case "tagged":
      return byClass(c, {
        integer: shortNumber("ginteger;", c),
        real: shortNumber("greal;", decimal(c)),
        text: text("gtext;", c, wide),
        blob: taggedBytes(c),
      });
    case "boolean":
      return `CASE WHEN ${is(c, encoding.true)} THEN 'y' WHEN ${is(c, encoding.false)} THEN 'f' WHEN ${c} IS NULL THEN 'n' ELSE ${quoteLiteral(notCarried)} END`;
    case "epoch": {
      const power = { seconds: 6, milliseconds: 3, microseconds: 0 }[encoding.unit];
      return byClass(c, { integer: `'i'||(${c}*1${"0".repeat(power)})||';'`, real: `rowhaul_scaled(${c}, ${power})` });
    }
    case "json":
      return byClass(c, { text: `rowhaul_json(CAST(${c} AS BLOB))` });
    case "live": {
      // What the server refused or respelled is not what it would have been: the text itself says so.
      const reading = quoteLiteral(JSON.stringify({ ...encoding.reading, answers: {} }));
      return `CASE WHEN ${c} IS NULL THEN 'n' ELSE rowhaul_live(${reading}, typeof(${c}), CASE typeof(${c}) WHEN 'text' THEN CAST(${c} AS BLOB) ELSE ${c} END, CASE typeof(${c}) WHEN 'real' THEN CAST(${c} AS TEXT) END) END`;
    }
  }
}

/** The most bytes a cell's canonical text can take, from which a chunk's rows are bounded. */
export function longestCell(encoding: Encoding): number {
  switch (encoding.kind) {
    case "bytes":
    case "text-bytes":
      return 2 * longCell + 8;
    case "numeric":
      return 1100;
    case "text":
    case "literal":
    case "rendered":
    case "tagged":
    case "live":
    case "date":
    case "timestamp":
    case "timestamptz":
      return longCell + 24;
    default:
      return 80;
  }
}

function byClass(c: string, cases: Partial<Record<StorageClass, string>>): string {
  const branches = Object.entries(cases).map(([storage, text]) => ` WHEN '${storage}' THEN ${text}`);
  return `CASE typeof(${c})${branches.join("")} WHEN 'null' THEN 'n' ELSE ${quoteLiteral(notCarried)} END`;
}

/** Beyond ±2^53 the integer and its double may be two numbers. */
function smallIntegerAsReal(c: string): string {
  return `CASE WHEN ${c} BETWEEN -9007199254740992 AND 9007199254740992 THEN 'r'||rowhaul_float8(CAST(${c} AS REAL)) ELSE ${quoteLiteral(notCarried)} END`;
}

function text(prefix: string, c: string, wide: boolean): string {
  if (wide) return `rowhaul_text16('${prefix}', CAST(${c} AS BLOB))`;
  return `CASE WHEN octet_length(${c}) <= ${longCell} THEN ${short(prefix, c)} ELSE '${prefix.toUpperCase()}'||octet_length(${c})||':'||rowhaul_digest_hex(CAST(${c} AS BLOB)) END`;
}

/**
 * A text in one of the layouts that a common one stands for: the wall's clock to the microsecond. What is in none of
 * them is not carried; days that are none, such as 30 February, are left to the target, which has no such text.
 */
function instant(layout: string, c: string, wide: boolean): string {
  const { separator, seconds, fraction, fewer, zone } = layoutParts(layout);
  const from = seconds ? 20 : 17;
  const end = zone === "either" ? `CASE WHEN substr(${c},-1) = 'Z' THEN 'Z' ELSE '+00:00' END` : quoteLiteral(zone);
  const ends = zone === "" ? "" : ` AND substr(${c},-length(${end})) = ${end}`;
  const digits = `substr(${c},${from},length(${c})-${from - 1}-length(${end}))`;
  const places = Array.from({ length: fraction }, (_, i) => `${digits} GLOB '.${"[0-9]".repeat(i + 1)}'`);
  const fits = fewer ? [`${digits} = ''`, ...places] : fraction > 0 ? places.slice(-1) : [`${digits} = ''`];
  const between = separator === "either" ? "[ T]" : separator;
  const picture = `[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]${between}[0-2][0-9]:[0-5][0-9]${seconds ? ":[0-5][0-9]" : ""}*`;
  // All of it, so that a NUL hides nothing: length and substr stop there, octet_length does not.
  const all = `octet_length(${c}) = ${wide ? "2*" : ""}length(${c})`;
  const whole = `${c} GLOB '${picture}'${ends} AND ${all} AND (${fits.join(" OR ")})`;
  const clock = seconds ? `substr(${c},12,8)` : `substr(${c},12,5)||':00'`;
  return `CASE WHEN ${whole} THEN 'm'||substr(${c},1,10)||' '||${clock}||'.'||substr(substr(${digits},2)||'000000',1,6) ELSE ${quoteLiteral(notCarried)} END`;
}

function short(prefix: string, content: string): string {
  return `'${prefix}'||octet_length(${content})||':'||${content}`;
}

/** By characters: `octet_length` of a number counts two bytes for each in a UTF-16 database. */
function shortNumber(prefix: string, content: string): string {
  return `'${prefix}'||length(${content})||':'||${content}`;
}

/** `9e999` is how SQLite writes infinity. */
function finite(c: string, text: string): string {
  return `CASE WHEN abs(${c}) = 9e999 THEN ${quoteLiteral(notCarried)} ELSE ${text} END`;
}

function decimal(c: string): string {
  return `rowhaul_decimal(${c})`;
}

/** A number and a text that reads the same would be one value in the target. */
function textNotLikeNumber(c: string, wide: boolean): string {
  return `CASE WHEN ${c} GLOB '[-0-9]*' AND rowhaul_looks_like_number(${c}) THEN ${quoteLiteral(notCarried)} ELSE ${text("t", c, wide)} END`;
}

function bytes(b: string): string {
  return `CASE WHEN octet_length(${b}) <= ${longCell} THEN 'b'||octet_length(${b})||':'||lower(hex(${b})) ELSE 'B'||octet_length(${b})||':'||rowhaul_digest_hex(${b}) END`;
}

function taggedBytes(c: string): string {
  return `CASE WHEN octet_length(${c}) <= ${longCell / 2} THEN 'gblob;'||(2*octet_length(${c}))||':'||lower(hex(${c})) ELSE 'GBLOB;'||(2*octet_length(${c}))||':'||rowhaul_digest_of_hex(${c}) END`;
}

/** COLLATE BINARY: in a NOCASE column `=` would take TRUE for true. */
function is(c: string, wanted: BooleanLiteral): string {
  return "integer" in wanted
    ? `typeof(${c}) = 'integer' AND ${c} = ${wanted.integer}`
    : `typeof(${c}) = 'text' AND ${c} = ${quoteLiteral(wanted.text)} COLLATE BINARY`;
}
