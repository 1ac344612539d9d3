/**
 * Walks a b-tree of a file from its root, in key order, and takes its cells' records apart. Every page number, offset and
 * length is checked before it is used, and no page is visited twice: a damaged file ends in a PageError, never in rows
 * that are not there, nor in a walk without end. What a leaf's cells say is compared with the keys above it, so that a
 * range of rowids finds all that a walk through everything finds.
 */
import { rowidOf, type StoredRows, valueBytes } from "../../core/values/stored-rows.ts";
import { PageError } from "./page-error.ts";
import type { PageFile } from "./page-file.ts";
import { PageRun } from "./page-run.ts";
import { cellAt, localBytes, type TreeKind, type TreePage, treePage } from "./tree-page.ts";
import { Varint } from "./varint.ts";

/** Rowids: from the first on, before the second; null is no bound. Only in a table's tree. */
export type RowidRange = { readonly from: bigint | null; readonly to: bigint | null };

/** SQLite's own limit. */
const deepest = 20;
const wholeRange: RowidRange = { from: null, to: null };

/** `next`: a child on an even number, a cell between two children on an odd one. */
type Rowid = { readonly high: number; readonly low: number };
type Frame = { readonly page: TreePage; next: number; readonly upper: Rowid | null };

export class TreeCursor implements StoredRows {
  bytes: Buffer;
  fields = 0;
  readonly types: Float64Array;
  readonly offsets: Float64Array;
  rowidHigh = 0;
  rowidLow = 0;

  readonly #file: PageFile;
  readonly #kind: TreeKind;
  readonly #from: Rowid | null;
  readonly #to: Rowid | null;
  readonly #visited: Uint8Array;
  readonly #leaves: PageRun;
  readonly #overflow: PageRun;
  readonly #above: Frame[] = [];
  #leaf: TreePage | null = null;
  #cell = 0;
  /** Largest rowid that the leaf may hold, by the keys above it. */
  #upper: Rowid | null = null;
  #anyRow = false;
  readonly #last = { high: 0, low: 0 };
  #ended = false;
  #scratch: Buffer = Buffer.alloc(0);
  readonly #varint = new Varint();

  /** `columns`: the most values that a record may have. Throws PageError. */
  constructor(file: PageFile, root: number, kind: TreeKind, columns: number, range: RowidRange = wholeRange) {
    this.#file = file;
    this.#kind = kind;
    this.#from = range.from === null ? null : halves(range.from);
    this.#to = range.to === null ? null : halves(range.to);
    this.types = new Float64Array(columns);
    this.offsets = new Float64Array(columns);
    this.#visited = new Uint8Array((file.pageCount >> 3) + 1);
    this.#leaves = new PageRun(file, 1 << 20);
    this.#overflow = new PageRun(file, 1 << 17);
    this.bytes = this.#scratch;
    this.#open(root, null, []);
  }

  next(): boolean {
    while (!this.#ended) {
      const leaf = this.#leaf;
      if (leaf !== null) {
        if (this.#cell < leaf.cells) {
          this.#readCell(leaf, this.#cell++);
          if (this.#kind === "index") return true;
          this.#checkOrder(leaf);
          if (this.#from !== null && this.#compare(this.#from) < 0) continue;
          if (this.#to === null || this.#compare(this.#to) < 0) return true;
          this.#ended = true;
          return false;
        }
        this.#leaf = null;
      }
      if (this.#goOn()) return true;
    }
    return false;
  }

  /** To the next child, or in an index to the cell between two children: then it is the row, and true. */
  #goOn(): boolean {
    const frame = this.#above.at(-1);
    if (frame === undefined) {
      this.#ended = true;
      return false;
    }
    const { page } = frame;
    const step = frame.next++;
    const child = step >> 1;
    if (step % 2 === 1) {
      if (this.#kind === "table" || child >= page.cells) return false;
      this.#readCell(page, child);
      return true;
    }
    if (child > page.cells) {
      this.#above.pop();
      return false;
    }
    const upper = this.#kind === "table" && child < page.cells ? this.#keyOf(page, child) : frame.upper;
    const from = this.#from;
    // Nothing behind the child's own key is in it.
    if (from !== null && child < page.cells && upper !== null && compare(upper.high, upper.low, from) < 0) return false;
    this.#open(this.#childOf(page, child), upper, this.#followers(page, child));
    return false;
  }

  #childOf(page: TreePage, child: number): number {
    return child === page.cells ? page.last : page.bytes.readUInt32BE(cellAt(page, child, this.#file.usable));
  }

  #keyOf(page: TreePage, cell: number): Rowid {
    this.#varint.read(page.bytes, cellAt(page, cell, this.#file.usable) + 4);
    return { high: this.#varint.high | 0, low: this.#varint.low };
  }

  /** The next children, as far as they may be read together with this one. */
  #followers(page: TreePage, child: number): number[] {
    const found: number[] = [];
    if (this.#leaves.holds(this.#childOf(page, child))) return found;
    for (let i = child + 1; i <= page.cells && found.length < 512; i++) found.push(this.#childOf(page, i));
    return found;
  }

  #open(number: number, upper: Rowid | null, followers: readonly number[]): void {
    this.#visit(number);
    if (this.#above.length >= deepest) throw new PageError(number, `deeper than ${deepest} levels`);
    const { usable, pageSize } = this.#file;
    const base = this.#leaves.find(number, followers);
    const page = treePage(this.#kind, number, this.#leaves.bytes, base, usable);
    if (page.leaf) {
      this.#leaf = page;
      this.#cell = 0;
      this.#upper = upper;
      return;
    }
    // What is above the leaves stays while these are read into the same place.
    const own = Buffer.from(this.#leaves.bytes.subarray(base, base + pageSize));
    this.#above.push({ page: treePage(this.#kind, number, own, 0, usable), next: 0, upper });
  }

  #visit(number: number): void {
    if (number < 1 || number > this.#file.pageCount)
      throw new PageError(number, `the file has ${this.#file.pageCount} pages`);
    const bit = 1 << (number & 7);
    const byte = this.#visited[number >> 3] ?? 0;
    if ((byte & bit) !== 0) throw new PageError(number, "two places of a b-tree point to it");
    this.#visited[number >> 3] = byte | bit;
  }

  #readCell(page: TreePage, cell: number): void {
    const { usable, pageCount } = this.#file;
    const { bytes, base, number } = page;
    let at = cellAt(page, cell, usable);
    if (!page.leaf) at += 4;
    const varint = this.#varint;
    at = varint.read(bytes, at);
    const payload = varint.value;
    if (payload < 0 || payload > pageCount * usable) throw new PageError(number, `cell ${cell} of ${payload} bytes`);
    if (this.#kind === "table") {
      at = varint.read(bytes, at);
      this.rowidHigh = varint.high | 0;
      this.rowidLow = varint.low;
    }
    const local = localBytes(this.#kind, payload, usable);
    if (at + local + (local < payload ? 4 : 0) > base + usable)
      throw new PageError(number, `cell ${cell} ends behind the page`);
    if (local === payload) this.#readRecord(number, bytes, at, payload);
    else this.#readRecord(number, this.#gather(page, at, local, payload), 0, payload);
  }

  /** A payload that goes on elsewhere, in one piece. */
  #gather(page: TreePage, at: number, local: number, payload: number): Buffer {
    const { usable } = this.#file;
    if (this.#scratch.length < payload) this.#scratch = Buffer.allocUnsafeSlow(Math.max(1 << 16, payload));
    page.bytes.copy(this.#scratch, 0, at, at + local);
    let done = local;
    let number = page.bytes.readUInt32BE(at + local);
    while (done < payload) {
      this.#visit(number);
      // Overflow pages most often follow their leaf, and each other.
      const run = this.#leaves.holds(number) ? this.#leaves : this.#overflow;
      const left = Math.ceil((payload - done) / (usable - 4));
      const base = run.find(
        number,
        Array.from({ length: Math.min(left - 1, 64) }, (_, i) => number + 1 + i),
      );
      const part = Math.min(usable - 4, payload - done);
      run.bytes.copy(this.#scratch, done, base + 4, base + 4 + part);
      done += part;
      const next = run.bytes.readUInt32BE(base);
      if (done === payload && next !== 0) throw new PageError(number, "an overflow chain goes on behind its payload");
      number = next;
    }
    return this.#scratch;
  }

  #readRecord(number: number, bytes: Buffer, start: number, payload: number): void {
    const { types, offsets } = this;
    const end = start + payload;
    let at = bytes[start] ?? 0;
    let head = start + 1;
    if (at >= 0x80) {
      head = this.#varint.read(bytes, start);
      at = this.#varint.value;
    }
    const headEnd = start + at;
    if (payload === 0 || headEnd > end || headEnd < head) throw new PageError(number, `a record's head of ${at} bytes`);
    let value = headEnd;
    let fields = 0;
    while (head < headEnd) {
      let type = bytes[head] ?? 0;
      if (type < 0x80) head++;
      else {
        head = this.#varint.read(bytes, head);
        type = this.#varint.value;
      }
      if (fields === types.length) throw new PageError(number, `a record of more than ${fields} values`);
      if (type < 0 || type === 10 || type === 11) throw new PageError(number, `a value of serial type ${type}`);
      types[fields] = type;
      offsets[fields] = value;
      fields++;
      value += valueBytes(type);
      if (value > end) throw new PageError(number, "a record's values end behind it");
    }
    if (head !== headEnd || value !== end) throw new PageError(number, "a record's values are not as long as it is");
    this.fields = fields;
    this.bytes = bytes;
  }

  #checkOrder({ number, cells }: TreePage): void {
    if (this.#anyRow && this.#compare(this.#last) <= 0)
      throw new PageError(number, `rowid ${shown(this.#own())} behind ${shown(this.#last)}`);
    this.#anyRow = true;
    this.#last.high = this.rowidHigh;
    this.#last.low = this.rowidLow;
    // Once a leaf: the last of its rows is the largest.
    if (this.#upper !== null && this.#cell === cells && this.#compare(this.#upper) > 0)
      throw new PageError(number, `rowid ${shown(this.#own())} where ${shown(this.#upper)} is the largest`);
  }

  #own(): Rowid {
    return { high: this.rowidHigh, low: this.rowidLow };
  }

  #compare(other: Rowid): number {
    return compare(this.rowidHigh, this.rowidLow, other);
  }
}

function compare(high: number, low: number, other: Rowid): number {
  return high - other.high || low - other.low;
}

function halves(rowid: bigint): Rowid {
  return { high: Number(rowid >> 32n), low: Number(rowid & 0xffff_ffffn) };
}

function shown({ high, low }: Rowid): string {
  return String(rowidOf({ rowidHigh: high, rowidLow: low }));
}
