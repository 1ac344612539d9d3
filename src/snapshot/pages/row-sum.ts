/**
 * A sum over rows that does not depend on their order: 64 bits, to tell two sets of rows apart that chance made differ,
 * not an adversary. A number counts by its value, whichever way it is stored.
 */
import {
  int32,
  isStoredInteger,
  isStoredText,
  lowerHalf,
  storedLength,
  upperHalf,
} from "../../core/values/stored-rows.ts";

export class RowSum {
  rows = 0;
  #sums = [0, 0];
  #one = 0;
  #other = 0;

  begin(): void {
    this.#one = 0x2545f491;
    this.#other = 0x6b43a9b5;
  }

  /** The next value of the row. */
  add(type: number, bytes: Buffer, at: number): void {
    if (type === 0) this.#mix(1, 0);
    else if (isStoredInteger(type)) this.integer(upperHalf(type, bytes, at), lowerHalf(type, bytes, at));
    else if (type === 7) this.#double(bytes, at);
    else this.#bytes(isStoredText(type) ? 3 : 4, bytes, at, storedLength(type));
  }

  integer(high: number, low: number): void {
    this.#mix(2, 0);
    this.#mix(high, low);
  }

  end(): void {
    this.rows++;
    const [one = 0, other = 0] = this.#sums;
    this.#sums = [(one + scrambled(this.#one)) | 0, (other + scrambled(this.#other)) | 0];
  }

  equals(other: RowSum): boolean {
    return this.rows === other.rows && this.#sums.every((sum, i) => sum === other.#sums[i]);
  }

  #double(bytes: Buffer, at: number): void {
    const value = bytes.readDoubleBE(at);
    if (Number.isNaN(value)) this.#mix(1, 0);
    else if (Number.isSafeInteger(value)) this.integer(Math.floor(value / 0x1_0000_0000), (value % 0x1_0000_0000) | 0);
    else {
      this.#mix(5, 0);
      this.#mix(int32(bytes, at), int32(bytes, at + 4));
    }
  }

  #bytes(tag: number, bytes: Buffer, at: number, length: number): void {
    this.#mix(tag, length);
    const end = at + length;
    let i = at;
    for (; i + 4 <= end; i += 4) this.#mix(int32(bytes, i), 0);
    let rest = 0;
    for (; i < end; i++) rest = (rest << 8) | (bytes[i] as number);
    this.#mix(rest, 0);
  }

  #mix(a: number, b: number): void {
    const one = Math.imul(this.#one ^ a, 0x9e3779b1);
    const other = Math.imul(this.#other ^ a, 0x85ebca77);
    this.#one = Math.imul(((one << 13) | (one >>> 19)) ^ b, 0xc2b2ae3d);
    this.#other = Math.imul(((other << 17) | (other >>> 15)) ^ b, 0x27d4eb2f);
  }
}

function scrambled(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
