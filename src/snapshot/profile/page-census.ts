/**
 * What a column's stored values are, without making a value of each: classes, ranges, lengths, whether all texts are
 * clean, and for dates and JSON what the texts say. A hot loop: one call a cell, numbers only.
 */
import { isUtf8 } from "node:buffer";
import type { ColumnProfile, StorageClass } from "../../core/plan/profile.ts";
import { int32, isStoredText, lowerHalf, storedLength, upperHalf } from "../../core/values/stored-rows.ts";

/** Is given each text. */
export type TextReader = { add(bytes: Buffer, at: number, length: number, times: number): void };

export class PageCensus {
  readonly counts: Record<StorageClass, number> = { null: 0, integer: 0, real: 0, text: 0, blob: 0 };
  infinite = 0;
  negativeZero = 0;
  longest = 0;
  /** Some text has a NUL, or is no UTF-8. */
  odd = false;
  readonly #real: boolean;
  readonly #texts: TextReader | null;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  /** Of integers of eight bytes, which a number may not hold. */
  #wideMin: bigint | null = null;
  #wideMax: bigint | null = null;

  /** `real`: whole numbers are read as REAL. */
  constructor(real: boolean, texts: TextReader | null) {
    this.#real = real;
    this.#texts = texts;
  }

  /** A value of a record. `times`: how often it stands there. */
  add(type: number, bytes: Buffer, at: number, times = 1): void {
    switch (type) {
      case 0:
        this.counts.null += times;
        return;
      case 1:
      case 2:
      case 3:
      case 4:
      case 8:
      case 9:
        this.#integer(lowerHalf(type, bytes, at), times);
        return;
      case 5:
      case 6:
        this.addWide(upperHalf(type, bytes, at), lowerHalf(type, bytes, at) >>> 0, times);
        return;
      case 7:
        this.#double(int32(bytes, at), int32(bytes, at + 4), times);
        return;
      default:
        if (isStoredText(type)) this.#text(bytes, at, storedLength(type), times);
        else this.#blob(storedLength(type), times);
    }
  }

  /** A 64-bit integer in two halves. */
  addWide(high: number, low: number, times = 1): void {
    const value = high * 0x1_0000_0000 + low;
    if (Number.isSafeInteger(value)) {
      this.#integer(value, times);
      return;
    }
    if (this.#real) {
      this.counts.real += times;
      return;
    }
    this.counts.integer += times;
    const exact = BigInt(high) * 0x1_0000_0000n + BigInt(low);
    if (this.#wideMin === null || exact < this.#wideMin) this.#wideMin = exact;
    if (this.#wideMax === null || exact > this.#wideMax) this.#wideMax = exact;
  }

  get integers(): ColumnProfile["integers"] {
    if (this.counts.integer === 0) return null;
    const narrow = this.#min <= this.#max ? [BigInt(this.#min), BigInt(this.#max)] : [];
    const sorted = [...narrow, this.#wideMin, this.#wideMax]
      .filter((value) => value !== null)
      .sort((a, b) => (a < b ? -1 : 1));
    return { min: String(sorted[0]), max: String(sorted.at(-1)) };
  }

  get reals(): ColumnProfile["reals"] {
    return this.counts.real === 0 ? null : { infinite: this.infinite, negativeZero: this.negativeZero };
  }

  #integer(value: number, times: number): void {
    if (this.#real) {
      this.counts.real += times;
      return;
    }
    this.counts.integer += times;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** By its bits: sign and exponent are in the upper half. */
  #double(high: number, low: number, times: number): void {
    const magnitude = high & 0x7fff_ffff;
    const whole = magnitude === 0x7ff0_0000 && low === 0;
    // SQLite has no NaN: it reads one as NULL.
    if (magnitude >= 0x7ff0_0000 && !whole) {
      this.counts.null += times;
      return;
    }
    this.counts.real += times;
    if (whole) this.infinite += times;
    else if (high < 0 && magnitude === 0 && low === 0) this.negativeZero += times;
  }

  #blob(length: number, times: number): void {
    this.counts.blob += times;
    if (length > this.longest) this.longest = length;
  }

  #text(bytes: Buffer, at: number, length: number, times: number): void {
    this.counts.text += times;
    if (length > this.longest) this.longest = length;
    if (!this.odd && !isClean(bytes, at, length)) this.odd = true;
    this.#texts?.add(bytes, at, length, times);
  }
}

/** Valid UTF-8 without a NUL. */
function isClean(bytes: Buffer, at: number, length: number): boolean {
  const end = at + length;
  if (length > longText) {
    const text = bytes.subarray(at, end);
    return isUtf8(text) && !text.includes(0);
  }
  let all = 0;
  for (let i = at; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte === 0) return false;
    all |= byte;
  }
  return all < 0x80 || isUtf8(bytes.subarray(at, end));
}

/** In bytes: from here on a call of Node's own is cheaper than a loop. */
const longText = 96;
