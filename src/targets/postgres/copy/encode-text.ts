/**
 * Slots of a row (core/values/wire.ts) → a line of COPY's text format
 * (https://www.postgresql.org/docs/current/sql-copy.html, "Text Format"). For tables with a column that only
 * its type's own input function can read: COPY binary would need each type's inner form.
 */

import type { ColumnPlan } from "../../../core/plan/plan.ts";
import type { Encoding } from "../../../core/values/encoding.ts";
import { type Row, realDigits, type Slot } from "../../../core/values/wire.ts";
import { microseconds } from "./dates.ts";
import { taggedJson } from "./tagged-json.ts";

/** One line with its newline; columns that the target computes itself are not sent. */
export function textRowEncoder(columns: readonly ColumnPlan[]): (row: Row) => string {
  const writers = columns.filter((column) => !column.computed).map((column) => textField(column.encoding));
  return (row) => {
    let line = "";
    for (let i = 0; i < writers.length; i++) {
      const slot = row[i];
      if (i > 0) line += "\t";
      line += slot === null || slot === undefined ? "\\N" : (writers[i] as TextField)(slot);
    }
    return `${line}\n`;
  };
}

type TextField = (slot: Exclude<Slot, null>) => string;

function textField(encoding: Encoding): TextField {
  switch (encoding.kind) {
    case "integer":
      return (slot) => String(slot);
    case "real":
      return (slot) => (Object.is(slot, -0) ? "-0" : String(slot));
    case "numeric":
    case "rendered":
      return (slot) => escaped(typeof slot === "number" ? realDigits(slot) : String(slot));
    case "text":
      return (slot) => escaped(typeof slot === "string" ? slot : slot.toString());
    case "json":
    case "literal":
    case "live":
      return (slot) => escaped(slot as string);
    case "bytes":
    case "text-bytes":
      // The first backslash is COPY's, the second bytea's.
      return (slot) =>
        `\\\\x${(typeof slot === "string" ? Buffer.from(slot, "utf8") : (slot as Buffer)).toString("hex")}`;
    case "tagged":
      return (slot) => escaped(taggedJson(slot));
    case "boolean": {
      const yes = "integer" in encoding.true ? encoding.true.integer : encoding.true.text;
      return (slot) => (slot === yes ? "t" : "f");
    }
    case "date":
      return (slot) => (slot as string).slice(0, 10);
    case "timestamp":
    case "timestamptz":
      // Read as a timestamp, PostgreSQL would silently drop a zone.
      return (slot) => instant(BigInt(microseconds(slot as string)) + unixToPostgres);
    case "epoch": {
      const scale = { seconds: 1_000_000n, milliseconds: 1_000n, microseconds: 1n }[encoding.unit];
      return (slot) => instant(BigInt(slot as string) * scale);
    }
  }
}

function escaped(text: string): string {
  return special.test(text) ? text.replace(specials, (found) => escapes[found] ?? found) : text;
}

const special = /[\\\n\r\t]/;
const specials = /[\\\n\r\t]/g;
const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** PostgreSQL counts from 2000-01-01. */
const unixToPostgres = 946_684_800_000_000n;

/** Microseconds since 1970 in UTC, which a timestamptz reads as well as a timestamp: the session's zone is UTC. */
function instant(micros: bigint): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((micros - fraction) / 1_000n)).toISOString().slice(0, 19);
  return `${seconds.replace("T", " ")}.${String(fraction).padStart(6, "0")}`;
}
