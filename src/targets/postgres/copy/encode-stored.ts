/**
 * Values as SQLite stores them (core/values/stored-rows.ts) → fields of COPY binary: the same as encode.ts makes of the
 * same values, by bytes, without a JavaScript value of each. A class that the profile did not find in a column ends the
 * load: nothing is written that the plan did not foresee.
 */
import type { ColumnPlan } from "../../../core/plan/plan.ts";
import type { Encoding } from "../../../core/values/encoding.ts";
import type { StoredColumn, StoredReading } from "../../../core/values/stored-rows.ts";
import { dayNumber, microseconds } from "./dates.ts";
import { type FieldWriter, fieldWriter } from "./encode.ts";
import { usualMicroseconds } from "./stored-dates.ts";
import type { CopyWriter } from "./writer.ts";

/** Writes one value that is not NULL; false where the column cannot have such a one. */
type StoredWriter = (out: CopyWriter, type: number, bytes: Buffer, at: number) => boolean;

/** A function that writes the row at hand; columns that the target computes itself are not sent. */
export function storedEncoder(columns: readonly ColumnPlan[], reading: StoredReading): (out: CopyWriter) => void {
  const sent = columns.filter((column) => !column.computed);
  const places = sent.map(({ source }) => reading.column(source));
  const fields = places.map(({ field }) => field);
  const writers = sent.map(({ encoding }, i) => storedWriter(encoding, places[i] as StoredColumn));
  const width = sent.length;
  const { rows } = reading;
  const rowid = Buffer.alloc(8);
  const write = (out: CopyWriter, i: number, type: number, bytes: Buffer, at: number): void => {
    if (type === 0) out.null();
    else if (!(writers[i] as StoredWriter)(out, type, bytes, at)) {
      // SQLite has no NaN: it reads one as NULL.
      if (type === 7 && Number.isNaN(bytes.readDoubleBE(at))) out.null();
      else throw new Error(`A value of serial type ${type} in ${sent[i]?.source}, where the profile found none`);
    }
  };
  return (out) => {
    out.int16(width);
    const { types, offsets, bytes, fields: present } = rows;
    for (let i = 0; i < width; i++) {
      const field = fields[i] as number;
      if (field >= 0 && field < present) write(out, i, types[field] as number, bytes, offsets[field] as number);
      else if (field < 0) {
        rowid.writeInt32BE(rows.rowidHigh, 0);
        rowid.writeUInt32BE(rows.rowidLow, 4);
        write(out, i, 6, rowid, 0);
      } else {
        const added = reading.added(sent[i]?.source ?? "");
        write(out, i, added.type, added.bytes, 0);
      }
    }
  };
}

function storedWriter(encoding: Encoding, { real }: StoredColumn): StoredWriter {
  switch (encoding.kind) {
    case "integer":
      return real ? none : integerWriter(encoding.width);
    case "real":
      return double;
    case "text":
      return text;
    case "bytes":
    case "text-bytes":
      return bytesOf;
    case "json":
      return json;
    case "boolean":
      return booleanWriter(encoding.true);
    case "date":
      return date;
    case "timestamp":
    case "timestamptz":
      return timestamp;
    case "numeric":
    case "rendered":
      return slotWriter(fieldWriter(encoding), real);
    default:
      throw new Error(`${encoding.kind} is not written from stored values; see plan/to-postgres/reading.ts`);
  }
}

const none: StoredWriter = () => false;
const jsonbVersion = 1;

function isInteger(type: number): boolean {
  return (type >= 1 && type <= 6) || type === 8 || type === 9;
}

function isText(type: number): boolean {
  return type >= 13 && type % 2 === 1;
}

function int32(b: Buffer, at: number): number {
  return (
    ((b[at] as number) << 24) | ((b[at + 1] as number) << 16) | ((b[at + 2] as number) << 8) | (b[at + 3] as number)
  );
}

/** The upper half of an integer. */
function high(type: number, b: Buffer, at: number): number {
  if (type === 6) return int32(b, at);
  if (type === 5) return (((b[at] as number) << 24) >> 16) | (b[at + 1] as number);
  return low(type, b, at) >> 31;
}

/** The lower half, as signed bits. */
function low(type: number, b: Buffer, at: number): number {
  switch (type) {
    case 1:
      return ((b[at] as number) << 24) >> 24;
    case 2:
      return (((b[at] as number) << 24) >> 16) | (b[at + 1] as number);
    case 3:
      return (((b[at] as number) << 24) >> 8) | ((b[at + 1] as number) << 8) | (b[at + 2] as number);
    case 4:
      return int32(b, at);
    case 5:
      return int32(b, at + 2);
    case 6:
      return int32(b, at + 4);
    default:
      return type - 8;
  }
}

/** Throws where a number is wider than its column: the profile knew of none. */
function integerWriter(width: 2 | 4 | 8): StoredWriter {
  if (width === 8)
    return (out, type, bytes, at) => {
      if (!isInteger(type)) return false;
      out.fieldHalves(high(type, bytes, at), low(type, bytes, at));
      return true;
    };
  const [least, most] = width === 2 ? [-0x8000, 0x7fff] : [-0x8000_0000, 0x7fff_ffff];
  return (out, type, bytes, at) => {
    if (!isInteger(type)) return false;
    const value = low(type, bytes, at);
    if (value < least || value > most || (type >= 5 && type <= 6 && high(type, bytes, at) !== value >> 31))
      return false;
    if (width === 2) out.fieldInt16(value);
    else out.fieldInt32(value);
    return true;
  };
}

const double: StoredWriter = (out, type, bytes, at) => {
  if (type === 7) {
    const upper = int32(bytes, at);
    const lower = int32(bytes, at + 4);
    const magnitude = upper & 0x7fff_ffff;
    if (magnitude > 0x7ff0_0000 || (magnitude === 0x7ff0_0000 && lower !== 0)) return false;
    out.fieldHalves(upper, lower);
    return true;
  }
  if (!isInteger(type)) return false;
  out.fieldDouble(high(type, bytes, at) * 0x1_0000_0000 + (low(type, bytes, at) >>> 0));
  return true;
};

const text: StoredWriter = (out, type, bytes, at) => {
  if (!isText(type)) return false;
  out.fieldCopied(bytes, at, (type - 13) / 2);
  return true;
};

const bytesOf: StoredWriter = (out, type, bytes, at) => {
  if (type < 12) return false;
  out.fieldCopied(bytes, at, Math.floor((type - 12) / 2));
  return true;
};

const json: StoredWriter = (out, type, bytes, at) => {
  if (!isText(type)) return false;
  out.fieldCopied(bytes, at, (type - 13) / 2, jsonbVersion);
  return true;
};

function booleanWriter(yes: Extract<Encoding, { kind: "boolean" }>["true"]): StoredWriter {
  if ("integer" in yes)
    return (out, type, bytes, at) => {
      if (!isInteger(type)) return false;
      out.fieldByte(low(type, bytes, at) === yes.integer ? 1 : 0);
      return true;
    };
  return (out, type, bytes, at) => {
    if (!isText(type)) return false;
    out.fieldByte(bytes.toString("utf8", at, at + (type - 13) / 2) === yes.text ? 1 : 0);
    return true;
  };
}

const date: StoredWriter = (out, type, bytes, at) => {
  if (!isText(type)) return false;
  out.fieldInt32(dayNumber(bytes.toString("latin1", at, at + (type - 13) / 2)));
  return true;
};

const timestamp: StoredWriter = (out, type, bytes, at) => {
  if (!isText(type)) return false;
  const length = (type - 13) / 2;
  const usual = usualMicroseconds(bytes, at, length);
  out.fieldInt64(usual ?? microseconds(bytes.toString("latin1", at, at + length)));
  return true;
};

/** By way of the slot that SQLite would have given (core/values/wire.ts). */
function slotWriter(write: FieldWriter, real: boolean): StoredWriter {
  return (out, type, bytes, at) => {
    if (isText(type)) write(out, bytes.toString("utf8", at, at + (type - 13) / 2));
    else if (type === 7) {
      const value = bytes.readDoubleBE(at);
      if (Number.isNaN(value)) return false;
      write(out, value);
    } else if (isInteger(type)) {
      const value = high(type, bytes, at) * 0x1_0000_0000 + (low(type, bytes, at) >>> 0);
      if (real) write(out, value);
      else write(out, Number.isSafeInteger(value) ? String(value) : String(wide(type, bytes, at)));
    } else return false;
    return true;
  };
}

function wide(type: number, bytes: Buffer, at: number): bigint {
  return BigInt(high(type, bytes, at)) * 0x1_0000_0000n + BigInt(low(type, bytes, at) >>> 0);
}
