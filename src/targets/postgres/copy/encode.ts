/**
 * Slots of a row (core/values/wire.ts) → fields of COPY binary, one writer a column,
 * chosen once from the plan's encoding.
 */

import type { ColumnPlan } from "../../../core/plan/plan.ts";
import type { Encoding } from "../../../core/values/encoding.ts";
import { type Row, realDigits, type Slot } from "../../../core/values/wire.ts";
import { dayNumber, microseconds } from "./dates.ts";
import { numericField } from "./numeric.ts";
import { taggedJson } from "./tagged-json.ts";
import type { CopyWriter } from "./writer.ts";

export type FieldWriter = (out: CopyWriter, slot: Exclude<Slot, null>) => void;

/**
 * A function that writes one row; columns that the target computes itself are not sent. `vectors`: the row ends with
 * the ready-made vector of a full-text table, its length and its size mark.
 */
export function rowEncoder(columns: readonly ColumnPlan[], vectors = false): (out: CopyWriter, row: Row) => void {
  const writers = columns.filter((column) => !column.computed).map((column) => fieldWriter(column.encoding));
  const width = writers.length;
  const added = vectors ? vectorWriters.length : 0;
  return (out, row) => {
    out.int16(width + added);
    for (let i = 0; i < width; i++) {
      const slot = row[i];
      if (slot === null || slot === undefined) out.null();
      else (writers[i] as FieldWriter)(out, slot);
    }
    for (let i = 0; i < added; i++) {
      const slot = row[row.length - added + i];
      if (slot === null || slot === undefined) out.null();
      else (vectorWriters[i] as FieldWriter)(out, slot);
    }
  };
}

/** The vector is PostgreSQL's own binary form already. */
const vectorWriters: readonly FieldWriter[] = [
  (out, slot) => out.fieldBytes(slot as Buffer),
  (out, slot) => out.fieldInt32(Number(slot)),
  (out, slot) => out.fieldByte(slot === 0 ? 0 : 1),
];

export function fieldWriter(encoding: Encoding): FieldWriter {
  switch (encoding.kind) {
    case "integer":
      return integerWriter(encoding.width);
    case "real":
      return (out, slot) => out.fieldDouble(Number(slot));
    case "numeric":
      return (out, slot) => out.fieldBytes(numericField(typeof slot === "number" ? realDigits(slot) : String(slot)));
    case "text":
      return (out, slot) => (typeof slot === "string" ? out.fieldText(slot) : out.fieldBytes(slot as Buffer));
    case "rendered":
      return (out, slot) => out.fieldText(typeof slot === "number" ? realDigits(slot) : String(slot));
    case "bytes":
    case "text-bytes":
      return (out, slot) => (typeof slot === "string" ? out.fieldText(slot) : out.fieldBytes(slot as Buffer));
    case "tagged":
      return (out, slot) => out.fieldText(taggedJson(slot), jsonbVersion);
    case "boolean": {
      const yes = "integer" in encoding.true ? encoding.true.integer : encoding.true.text;
      return (out, slot) => out.fieldByte(slot === yes ? 1 : 0);
    }
    case "date":
      return (out, slot) => out.fieldInt32(dayNumber(slot as string));
    case "timestamp":
    case "timestamptz":
      return (out, slot) => out.fieldInt64(microseconds(slot as string));
    case "epoch": {
      const scale = { seconds: 1_000_000n, milliseconds: 1_000n, microseconds: 1n }[encoding.unit];
      return (out, slot) => out.fieldInt64(BigInt(slot as string) * scale - unixToPostgres);
    }
    case "json":
      return (out, slot) => out.fieldText(slot as string, jsonbVersion);
    case "live":
      throw new Error(`${encoding.reading.type.written} has no place in COPY binary; see encode-text.ts`);
    case "literal":
      throw new Error(`${encoding.type} has no place in COPY binary; see encode-text.ts`);
  }
}

const jsonbVersion = 1;
/** PostgreSQL counts from 2000-01-01. */
const unixToPostgres = 946_684_800_000_000n;

function integerWriter(width: 2 | 4 | 8): FieldWriter {
  if (width === 2) return (out, slot) => out.fieldInt16(Number(slot));
  if (width === 4) return (out, slot) => out.fieldInt32(Number(slot));
  return (out, slot) => out.fieldInt64(typeof slot === "number" ? slot : BigInt(slot as string));
}
