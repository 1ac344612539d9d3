/**
 * Values as SQLite stores them (core/values/stored-rows.ts) → fields of COPY binary: the same as encode.ts makes of the
 * same values, by bytes, without a JavaScript value of each. A class that the profile did not find in a column ends the
 * load: nothing is written that the plan did not foresee.
 */
import type { ColumnPlan } from "../../../core/plan/plan.ts";
import type { Encoding } from "../../../core/values/encoding.ts";
import {
  int32,
  integerNumber,
  isStoredInteger,
  isStoredText,
  lowerHalf,
  type StoredColumn,
  type StoredReading,
  storedLength,
  upperHalf,
} from "../../../core/values/stored-rows.ts";
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

/** Throws where a number is wider than its column: the profile knew of none. */
function integerWriter(width: 2 | 4 | 8): StoredWriter {
  if (width === 8)
    return (out, type, bytes, at) => {
      if (!isStoredInteger(type)) return false;
      out.fieldHalves(upperHalf(type, bytes, at), lowerHalf(type, bytes, at));
      return true;
    };
  const [least, most] = width === 2 ? [-0x8000, 0x7fff] : [-0x8000_0000, 0x7fff_ffff];
  return (out, type, bytes, at) => {
    if (!isStoredInteger(type)) return false;
    const value = lowerHalf(type, bytes, at);
    if (value < least || value > most || (type >= 5 && type <= 6 && upperHalf(type, bytes, at) !== value >> 31))
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
  if (!isStoredInteger(type)) return false;
  out.fieldDouble(integerNumber(type, bytes, at));
  return true;
};

const text: StoredWriter = (out, type, bytes, at) => {
  if (!isStoredText(type)) return false;
  out.fieldCopied(bytes, at, storedLength(type));
  return true;
};

const bytesOf: StoredWriter = (out, type, bytes, at) => {
  if (type < 12) return false;
  out.fieldCopied(bytes, at, storedLength(type));
  return true;
};

const json: StoredWriter = (out, type, bytes, at) => {
  if (!isStoredText(type)) return false;
  out.fieldCopied(bytes, at, storedLength(type), jsonbVersion);
  return true;
};

function booleanWriter(yes: Extract<Encoding, { kind: "boolean" }>["true"]): StoredWriter {
  if ("integer" in yes)
    return (out, type, bytes, at) => {
      if (!isStoredInteger(type)) return false;
      out.fieldByte(lowerHalf(type, bytes, at) === yes.integer ? 1 : 0);
      return true;
    };
  return (out, type, bytes, at) => {
    if (!isStoredText(type)) return false;
    out.fieldByte(bytes.toString("utf8", at, at + storedLength(type)) === yes.text ? 1 : 0);
    return true;
  };
}

const date: StoredWriter = (out, type, bytes, at) => {
  if (!isStoredText(type)) return false;
  out.fieldInt32(dayNumber(bytes.toString("latin1", at, at + storedLength(type))));
  return true;
};

const timestamp: StoredWriter = (out, type, bytes, at) => {
  if (!isStoredText(type)) return false;
  const length = storedLength(type);
  const usual = usualMicroseconds(bytes, at, length);
  out.fieldInt64(usual ?? microseconds(bytes.toString("latin1", at, at + length)));
  return true;
};

/** By way of the slot that SQLite would have given (core/values/wire.ts). */
function slotWriter(write: FieldWriter, real: boolean): StoredWriter {
  return (out, type, bytes, at) => {
    if (isStoredText(type)) write(out, bytes.toString("utf8", at, at + storedLength(type)));
    else if (type === 7) {
      const value = bytes.readDoubleBE(at);
      if (Number.isNaN(value)) return false;
      write(out, value);
    } else if (isStoredInteger(type)) {
      const value = integerNumber(type, bytes, at);
      if (real) write(out, value);
      else write(out, Number.isSafeInteger(value) ? String(value) : String(wide(type, bytes, at)));
    } else return false;
    return true;
  };
}

function wide(type: number, bytes: Buffer, at: number): bigint {
  return BigInt(upperHalf(type, bytes, at)) * 0x1_0000_0000n + BigInt(lowerHalf(type, bytes, at) >>> 0);
}
