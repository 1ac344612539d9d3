/**
 * What a source cell must read as in the target (`column::text`, DateStyle ISO,
 * UTC) by its column's encoding. Used only for rows that differ, to recompute
 * what an accepted rule makes of a cell; equal rows are compared in SQL.
 */

import { isWritten } from "../../../../core/values/date-layout.ts";
import type { Encoding } from "../../../../core/values/encoding.ts";
import type { Cell } from "../source-row.ts";
import { midnightText, readInstant, timestampText } from "./instants.ts";
import { jsonbText, jsonString } from "./json-text.ts";
import { scaledInteger } from "./number-text.ts";

/** Null for NULL; undefined when the encoding cannot carry the cell. */
export function expectedText(encoding: Encoding, cell: Cell): string | null | undefined {
  if (cell.storage === "null") return null;
  switch (encoding.kind) {
    case "integer":
      return typeof cell.number === "bigint" ? String(cell.number) : undefined;
    case "real":
      return cell.number === null ? undefined : realText(Number(cell.number));
    case "numeric":
      return cell.number === null ? undefined : cell.bytes.toString("latin1");
    case "text":
    // What its type writes back under the readers' settings is the text it was read from.
    case "literal":
      return textOf(cell);
    case "rendered":
      if (cell.number === null) return textOf(cell);
      return Number.isFinite(Number(cell.number)) ? cell.bytes.toString("latin1") : undefined;
    case "bytes":
      return cell.storage === "blob" ? `\\x${cell.bytes.toString("hex")}` : undefined;
    case "text-bytes":
      return cell.storage === "text" ? `\\x${cell.bytes.toString("hex")}` : undefined;
    case "tagged":
      return taggedText(cell);
    case "boolean":
      return booleanText(encoding, cell);
    case "date":
    case "timestamp":
    case "timestamptz":
      return cell.text !== null && isWritten(cell.text, encoding.layout)
        ? datedText(encoding.kind, cell.text)
        : undefined;
    case "epoch": {
      const power = { seconds: 6, milliseconds: 3, microseconds: 0 }[encoding.unit];
      const micros = microsOf(cell, power);
      return micros === null ? undefined : zoned(timestampText(micros), encoding.zoned);
    }
    case "json":
      return cell.text === null ? undefined : (jsonbText(cell.text) ?? undefined);
    case "live":
      // Only its type says how it is written: rules.ts gives a text that the type reads.
      return cell.text ?? undefined;
  }
}

/** A timestamp without a zone is in UTC, whatever zone its text names. */
function datedText(kind: "date" | "timestamp" | "timestamptz", text: string): string | undefined {
  const instant = readInstant(text);
  if (instant === null) return undefined;
  if (kind === "date") return midnightText(instant.wall) ?? undefined;
  return zoned(timestampText(instant.utc), kind === "timestamptz");
}

/** A number of seconds (`power` 6), milliseconds (3) or microseconds (0) as exact microseconds. */
export function microsOf(cell: Cell, power: number): bigint | null {
  if (typeof cell.number === "bigint") return cell.number * 10n ** BigInt(power);
  return cell.number === null ? null : scaledInteger(cell.number, power);
}

export function zoned(text: string | null, zone: boolean): string | undefined {
  if (text === null) return undefined;
  return zone ? `${text}+00` : text;
}

/** PostgreSQL's text holds no NUL. */
function textOf(cell: Cell): string | undefined {
  return cell.text === null || cell.text.includes("\0") ? undefined : cell.text;
}

function realText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function taggedText(cell: Cell): string | undefined {
  const value =
    cell.storage === "blob"
      ? cell.bytes.toString("hex")
      : cell.storage === "text"
        ? textOf(cell)
        : cell.bytes.toString("latin1");
  return value === undefined ? undefined : `{"t": "${cell.storage}", "v": ${jsonString(value)}}`;
}

function booleanText(encoding: Extract<Encoding, { kind: "boolean" }>, cell: Cell): string | undefined {
  for (const side of ["true", "false"] as const) {
    const literal = encoding[side];
    if ("integer" in literal ? cell.number === BigInt(literal.integer) : cell.text === literal.text) return side;
  }
  return undefined;
}
