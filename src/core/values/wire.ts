/**
 * Cells on their way from a source to the target's encoder: positional arrays,
 * one slot a column, in a form that loses nothing.
 *
 * | encoding | slot |
 * |---|---|
 * | integer | number, or decimal digits when `wide` |
 * | real | number |
 * | numeric, rendered, epoch | decimal digits (INTEGER), number (REAL), string (TEXT) |
 * | text | string, or a Buffer with its UTF-8 where the column has `large` ones |
 * | json, date … | string |
 * | bytes, text-bytes | Buffer (a string stands for its UTF-8 bytes) |
 * | boolean | number or string |
 * | tagged, live, and every column with rules | a TaggedCell; REAL as number |
 */
import { isUtf8 } from "node:buffer";
import type { StorageClass } from "../plan/profile.ts";

export type Slot = null | number | string | Buffer;
export type Row = Slot[];

/**
 * Storage class and value in one buffer. First byte: `t` text (UTF-8 follows), `l`/`m` text (hex of
 * UTF-16 little/big endian follows), `b` blob (hex follows), `i` integer (digits follow), `r` real as SQLite casts it to
 * text, where the column is to get that text. A leading
 * `o` and a digit mark a child row without its parent: the digit says by which of the column's orphan rules.
 */
export type TaggedCell = Buffer | number | null;

export type Cell = {
  readonly storage: StorageClass;
  /** UTF-8 of a text, digits of a number, bytes of a blob. Invalid UTF-16 is kept as WTF-8 would: see `valid`. */
  readonly bytes: Buffer;
  /** Position among the column's orphan rules of the one whose parent is missing; −1 when none is. */
  readonly orphan: number;
  /** False when a text is not valid in its encoding. */
  readonly valid: boolean;
  /** A text that is not valid, and whose bytes as they were are lost: its database is in UTF-16. */
  readonly lost?: true;
};

export function decodeTagged(slot: Slot): Cell {
  if (slot === null) return { storage: "null", bytes: empty, orphan: -1, valid: true };
  if (typeof slot === "number")
    return { storage: "real", bytes: Buffer.from(realDigits(slot), "latin1"), orphan: -1, valid: true };
  if (typeof slot === "string") return textCell(Buffer.from(slot, "utf8"), -1);
  const orphan = slot[0] === 0x6f ? (slot[1] ?? 0x30) - 0x30 : -1;
  const at = orphan >= 0 ? 2 : 0;
  const rest = slot.subarray(at + 1);
  switch (slot[at]) {
    case 0x74:
      return textCell(rest, orphan);
    case 0x6c:
    case 0x6d:
      return utf16Cell(Buffer.from(rest.toString("latin1"), "hex"), slot[at] === 0x6d, orphan);
    case 0x62:
      return { storage: "blob", bytes: Buffer.from(rest.toString("latin1"), "hex"), orphan, valid: true };
    case 0x69:
      return { storage: "integer", bytes: rest, orphan, valid: true };
    case 0x72:
      return { storage: "real", bytes: rest, orphan, valid: true };
    default:
      // Only a REAL behind an orphan mark comes without a class byte.
      return { storage: "real", bytes: slot.subarray(at), orphan, valid: true };
  }
}

/** The shortest decimal digits that read back as the same double, never with an exponent and always with a fraction. */
export function realDigits(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "Infinity";
  if (value === Number.NEGATIVE_INFINITY) return "-Infinity";
  const shortest = Object.is(value, -0) ? "-0" : String(value);
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(shortest) ?? [];
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${"0".repeat(point - digits.length)}.0`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

const empty = Buffer.alloc(0);

function textCell(bytes: Buffer, orphan: number): Cell {
  return { storage: "text", bytes, orphan, valid: isUtf8(bytes) };
}

function utf16Cell(bytes: Buffer, bigEndian: boolean, orphan: number): Cell {
  if (bytes.length % 2 !== 0) return { storage: "text", bytes, orphan, valid: false, lost: true };
  const text = (bigEndian ? Buffer.from(bytes).swap16() : bytes).toString("utf16le");
  const valid = text.isWellFormed();
  return { storage: "text", bytes: Buffer.from(text, "utf8"), orphan, valid, ...(valid ? {} : { lost: true }) };
}
