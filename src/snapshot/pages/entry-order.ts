/**
 * Whether the entries of an index come in its order (https://www.sqlite.org/datatype3.html, sections 4.1 and 7): NULL,
 * numbers by value, texts by the column's collation, BLOBs; then the rowid. An entry in another place is one that SQLite
 * does not find.
 */
import {
  integerNumber,
  isStoredInteger,
  isStoredText,
  lowerHalf,
  storedLength,
  upperHalf,
  valueBytes,
} from "../../core/values/stored-rows.ts";
import type { TreeCursor } from "./tree-cursor.ts";

export type Collation = "BINARY" | "NOCASE" | "RTRIM";
export type OrderPart = { readonly collation: Collation; readonly descending: boolean };

export class EntryOrder {
  readonly #parts: readonly OrderPart[];
  readonly #types: Float64Array;
  readonly #offsets: Float64Array;
  #bytes = Buffer.alloc(1 << 12);
  #any = false;

  /** `parts`: of each value of an entry, the rowid's last. */
  constructor(parts: readonly OrderPart[]) {
    this.#parts = parts;
    this.#types = new Float64Array(parts.length);
    this.#offsets = new Float64Array(parts.length);
  }

  /** False where the entry at hand does not come behind the one before it, or where only SQLite can tell. */
  follows(cursor: TreeCursor): boolean {
    if (cursor.fields !== this.#parts.length) return false;
    const ordered = !this.#any || this.#compareToLast(cursor) < 0;
    this.#keep(cursor);
    return ordered;
  }

  /** Of the entry before with this one; 0 where they are alike, NaN where only SQLite can tell. */
  #compareToLast({ bytes, types, offsets }: TreeCursor): number {
    for (let i = 0; i < this.#parts.length; i++) {
      const { collation, descending } = this.#parts[i] as OrderPart;
      const compared = compareValues(
        this.#types[i] as number,
        this.#bytes,
        this.#offsets[i] as number,
        types[i] as number,
        bytes,
        offsets[i] as number,
        collation,
      );
      if (compared !== 0) return descending ? -compared : compared;
    }
    return 0;
  }

  #keep({ bytes, types, offsets, fields }: TreeCursor): void {
    const start = offsets[0] as number;
    const last = fields - 1;
    const end = (offsets[last] as number) + valueBytes(types[last] as number);
    if (this.#bytes.length < end - start) this.#bytes = Buffer.allocUnsafeSlow(2 * (end - start));
    // For a few bytes a call costs more than a loop.
    if (end - start > 48) bytes.copy(this.#bytes, 0, start, end);
    else for (let i = start, to = 0; i < end; i++, to++) this.#bytes[to] = bytes[i] as number;
    for (let i = 0; i < fields; i++) {
      this.#types[i] = types[i] as number;
      this.#offsets[i] = (offsets[i] as number) - start;
    }
    this.#any = true;
  }
}

function compareValues(
  typeA: number,
  a: Buffer,
  atA: number,
  typeB: number,
  b: Buffer,
  atB: number,
  collation: Collation,
): number {
  const [classA, classB] = [classOf(typeA, a, atA), classOf(typeB, b, atB)];
  if (classA !== classB) return classA - classB;
  if (classA === 0) return 0;
  if (classA === 1) return compareNumbers(typeA, a, atA, typeB, b, atB);
  const endA = atA + storedLength(typeA);
  const endB = atB + storedLength(typeB);
  if (classA === 3 || collation === "BINARY") return compareBytes(a, atA, endA, b, atB, endB);
  if (collation === "RTRIM") return compareBytes(a, atA, trimmed(a, atA, endA), b, atB, trimmed(b, atB, endB));
  return compareFolded(a, atA, endA, b, atB, endB);
}

/** NULL, number, text, BLOB. SQLite reads a NaN as NULL. */
function classOf(type: number, bytes: Buffer, at: number): number {
  if (type === 0 || (type === 7 && Number.isNaN(bytes.readDoubleBE(at)))) return 0;
  return type < 12 ? 1 : isStoredText(type) ? 2 : 3;
}

function compareNumbers(typeA: number, a: Buffer, atA: number, typeB: number, b: Buffer, atB: number): number {
  if (isStoredInteger(typeA) && isStoredInteger(typeB)) {
    return (
      upperHalf(typeA, a, atA) - upperHalf(typeB, b, atB) ||
      (lowerHalf(typeA, a, atA) >>> 0) - (lowerHalf(typeB, b, atB) >>> 0)
    );
  }
  const [one, other] = [numberAt(typeA, a, atA), numberAt(typeB, b, atB)];
  if (one !== other) return one < other ? -1 : 1;
  // Beyond 2^53 an integer and a double that look alike need not be.
  return Number.isSafeInteger(one) || typeA === typeB || !Number.isInteger(one) ? 0 : Number.NaN;
}

function numberAt(type: number, bytes: Buffer, at: number): number {
  if (type === 7) return bytes.readDoubleBE(at);
  return integerNumber(type, bytes, at);
}

function compareBytes(a: Buffer, atA: number, endA: number, b: Buffer, atB: number, endB: number): number {
  const shared = Math.min(endA - atA, endB - atB);
  for (let i = 0; i < shared; i++) {
    const difference = (a[atA + i] as number) - (b[atB + i] as number);
    if (difference !== 0) return difference;
  }
  return endA - atA - (endB - atB);
}

/** As NOCASE: letters of ASCII alone. What it makes of a text behind a NUL is left to SQLite. */
function compareFolded(a: Buffer, atA: number, endA: number, b: Buffer, atB: number, endB: number): number {
  const shared = Math.min(endA - atA, endB - atB);
  for (let i = 0; i < shared; i++) {
    const [one, other] = [folded(a[atA + i] as number), folded(b[atB + i] as number)];
    if (one === 0 || other === 0) return Number.NaN;
    if (one !== other) return one - other;
  }
  return endA - atA - (endB - atB);
}

function folded(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

function trimmed(bytes: Buffer, at: number, end: number): number {
  let last = end;
  while (last > at && bytes[last - 1] === 0x20) last--;
  return last;
}
