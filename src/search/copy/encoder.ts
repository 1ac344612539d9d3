/**
 * One document of an FTS5 index as PostgreSQL's binary tsvector, in the layout of a full-text row.
 *
 * The hot loop of the copy: plain numbers in typed arrays, and no string per token. It assumes nothing of the
 * order it is given, but is fast when that is the index's own.
 */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";

/** Of one document: instances of tokens, each `<bytes of the token> <indexed column> <offset> <token>`, one after the other. */
export type Packed = Buffer;

export type EncodedDocument = {
  /** As tsvectorrecv reads it; null when even the lexemes alone do not fit. */
  readonly vector: Buffer | null;
  readonly tokens: number;
  readonly big: boolean;
  /** Of a big document: where each lexeme stands, by position among the indexed columns; `at` is an int[] as text. */
  readonly positions: readonly { readonly lexeme: string; readonly column: number; readonly at: string }[];
};

/** `columns`: how many are indexed. */
export function createEncoder(columns: number): (packed: Packed) => EncodedDocument {
  const labelled = columns <= 4;
  const markerOf = Array.from({ length: columns }, (_, column) => Buffer.from(`\x02${column}\x02\x02^`));
  const twinOf = Array.from({ length: columns }, (_, column) => Buffer.from(`\x02${column}\x02`));
  const marker = Buffer.from("\x02^");

  // Instances, and the lexemes they are of: lexeme i has the instances from first[i] to first[i + 1].
  let count = 0;
  let columnOf = new Int32Array(1024);
  let offsetOf = new Int32Array(1024);
  let lexemes = 0;
  let start = new Int32Array(1024);
  let bytes = new Int32Array(1024);
  let first = new Int32Array(1025);
  /** Tokens of each column, and the position of its marker; 0 for a column without tokens. */
  const tokensOf = new Float64Array(columns);
  const base = new Float64Array(columns);

  let out = Buffer.alloc(0);
  let at = 0;

  return (given) => {
    const packed = read(given) ? given : normalised(given);
    if (packed !== given && !read(packed, true)) throw new Error("an index's tokens cannot be put in order");
    let next = 1;
    let tokens = 0;
    let last = 0;
    let used = 0;
    for (let column = 0; column < columns; column++) {
      const own = tokensOf[column] ?? 0;
      base[column] = own === 0 ? 0 : next;
      if (own === 0) continue;
      last = next + own;
      next = last + 128;
      tokens += own;
      used++;
    }
    if (last > 16_382 || isFull(used)) return bigDocument(packed, tokens);
    const size = plainSize(used);
    // PostgreSQL counts a byte more for each lexeme of an odd length; the wire has a NUL after each.
    if (size.stored > 1_048_575) return bigDocument(packed, tokens);
    out = Buffer.allocUnsafe(size.wire);
    at = 0;
    writePlain(packed, used);
    return { vector: out, tokens, big: false, positions: [] };
  };

  /** False when the tokens are not in order, or one of them cannot be a lexeme as it is. */
  function read(packed: Packed, normal = false): boolean {
    count = 0;
    lexemes = 0;
    tokensOf.fill(0);
    let cursor = 0;
    const number = (): number => {
      let value = 0;
      for (let byte = packed[cursor++]; byte !== 0x20; byte = packed[cursor++]) {
        if (byte === undefined || byte < 0x30 || byte > 0x39) throw new Error("an index's tokens cannot be read");
        value = value * 10 + byte - 0x30;
      }
      return value;
    };
    while (cursor < packed.length) {
      const length = number();
      const column = number();
      const offset = number();
      const order = lexemes === 0 ? 1 : compareWithLast(packed, cursor, length);
      if (order < 0) return false;
      if (order > 0) {
        if (!normal && !isLexeme(packed, cursor, length)) return false;
        if (lexemes + 1 >= start.length) growLexemes();
        start[lexemes] = cursor;
        bytes[lexemes] = length;
        first[lexemes++] = count;
      } else {
        const before = columnOf[count - 1] ?? 0;
        if (column < before || (column === before && offset <= (offsetOf[count - 1] ?? 0))) return false;
      }
      if (count === columnOf.length) growInstances();
      columnOf[count] = column;
      offsetOf[count++] = offset;
      if (offset >= (tokensOf[column] ?? 0)) tokensOf[column] = offset + 1;
      cursor += length;
    }
    first[lexemes] = count;
    return true;
  }

  /** Positive when the token comes after the last lexeme, by its bytes. */
  function compareWithLast(packed: Packed, from: number, length: number): number {
    const other = start[lexemes - 1] ?? 0;
    const otherLength = bytes[lexemes - 1] ?? 0;
    const common = Math.min(length, otherLength);
    for (let i = 0; i < common; i++) {
      const difference = (packed[from + i] ?? 0) - (packed[other + i] ?? 0);
      if (difference !== 0) return difference;
    }
    return length - otherLength;
  }

  function isLexeme(packed: Packed, from: number, length: number): boolean {
    if (length === 0 || length > 2000) return false;
    if (packed[from] === 2) return false;
    let ascii = true;
    for (let i = from; i < from + length; i++) {
      const byte = packed[i] ?? 0;
      if (byte === 0) return false;
      if (byte > 0x7f) ascii = false;
    }
    return ascii || isUtf8(packed.subarray(from, from + length));
  }

  /** The same instances in order, each token as the lexeme that stands for it. */
  function normalised(packed: Packed): Packed {
    const found: { lexeme: Buffer; column: number; offset: number }[] = [];
    for (let cursor = 0; cursor < packed.length; ) {
      const head = /^(\d+) (\d+) (\d+) /.exec(packed.toString("latin1", cursor, cursor + 40));
      if (head === null) throw new Error("an index's tokens cannot be read");
      const from = cursor + head[0].length;
      cursor = from + Number(head[1]);
      found.push({ lexeme: lexemeOf(packed.subarray(from, cursor)), column: Number(head[2]), offset: Number(head[3]) });
    }
    found.sort((a, b) => Buffer.compare(a.lexeme, b.lexeme) || a.column - b.column || a.offset - b.offset);
    const kept = found.filter((one, i) => {
      const before = found[i - 1];
      const same = before?.column === one.column && before.offset === one.offset && before.lexeme.equals(one.lexeme);
      return !same;
    });
    return Buffer.concat(
      kept.flatMap(({ lexeme, column, offset }) => [Buffer.from(`${lexeme.length} ${column} ${offset} `), lexeme]),
    );
  }

  /**
   * What PostgreSQL cannot store (no characters, part of one, NUL) stands in hex; what is too long for it is cut and
   * marked; what begins like a lexeme of the layout's own has a second such beginning. FTS5 cuts a token at 32768
   * bytes, so the last character of one may be a part.
   */
  function lexemeOf(token: Buffer): Buffer {
    const isCut = token.length === 32_768;
    const storable = token.length > 0 && !token.includes(0) && (isCut || isUtf8(token));
    const stored = storable ? token : Buffer.from(`\x02${token.toString("hex")}`);
    const mark = stored[0] === 2 ? "\x02" : "";
    if (stored.length <= 2000) return Buffer.concat([Buffer.from(mark), stored]);
    const head = [...stored.toString("utf8")].slice(0, 480).join("");
    return Buffer.from(`${mark}${head}\x02${createHash("md5").update(stored).digest("hex")}`);
  }

  function isFull(used: number): boolean {
    if (used >= 255) return true;
    for (let i = 0; i < lexemes; i++) if ((first[i + 1] ?? 0) - (first[i] ?? 0) >= 255) return true;
    return false;
  }

  function plainSize(used: number): { stored: number; wire: number } {
    let stored = 0;
    let wire = 4;
    const add = (length: number, positions: number): void => {
      stored += length + (length % 2) + 2 + 2 * positions;
      wire += length + 3 + 2 * positions;
    };
    if (used > 0) add(2, used);
    for (let i = 0; i < lexemes; i++) add(bytes[i] ?? 0, (first[i + 1] ?? 0) - (first[i] ?? 0));
    if (!labelled) {
      for (let c = 0; c < columns; c++) if (base[c] !== 0) add(markerOf[c]?.length ?? 0, 1);
      eachTwin((i, column, from, to) => add((twinOf[column]?.length ?? 0) + (bytes[i] ?? 0), to - from));
    }
    return { stored, wire };
  }

  function writePlain(packed: Packed, used: number): void {
    at = out.writeInt32BE(lexemeCount(used), at);
    if (used > 0) {
      writeLexeme(marker, 0, 2, used);
      for (let column = 0; column < columns; column++) if (base[column] !== 0) writePosition(column, -1);
    }
    if (!labelled) {
      for (let column = 0; column < columns; column++) {
        const own = markerOf[column];
        if (base[column] === 0 || own === undefined) continue;
        writeLexeme(own, 0, own.length, 1);
        writePosition(column, -1);
      }
      eachTwin((i, column, from, to) => {
        writeTwin(packed, i, column, to - from);
        for (let instance = from; instance < to; instance++) writePosition(column, offsetOf[instance] ?? 0);
      });
    }
    for (let i = 0; i < lexemes; i++) {
      const from = first[i] ?? 0;
      const to = first[i + 1] ?? 0;
      writeLexeme(packed, start[i] ?? 0, bytes[i] ?? 0, to - from);
      for (let instance = from; instance < to; instance++)
        writePosition(columnOf[instance] ?? 0, offsetOf[instance] ?? 0);
    }
  }

  function lexemeCount(used: number): number {
    let total = lexemes + (used > 0 ? 1 : 0);
    if (labelled) return total;
    eachTwin(() => total++);
    return total + used;
  }

  /** Each lexeme once for every column that has it. */
  function eachTwin(visit: (lexeme: number, column: number, from: number, to: number) => void): void {
    for (let i = 0; i < lexemes; i++) {
      const end = first[i + 1] ?? 0;
      for (let from = first[i] ?? 0; from < end; ) {
        let to = from + 1;
        while (to < end && columnOf[to] === columnOf[from]) to++;
        visit(i, columnOf[from] ?? 0, from, to);
        from = to;
      }
    }
  }

  function writeLexeme(from: Buffer, begin: number, length: number, positions: number): void {
    for (let i = 0; i < length; i++) out[at++] = from[begin + i] ?? 0;
    out[at++] = 0;
    out[at++] = positions >> 8;
    out[at++] = positions & 0xff;
  }

  function writeTwin(packed: Packed, lexeme: number, column: number, positions: number): void {
    const prefix = twinOf[column];
    if (prefix !== undefined) at += prefix.copy(out, at);
    writeLexeme(packed, start[lexeme] ?? 0, bytes[lexeme] ?? 0, positions);
  }

  /** Offset −1 is the column's marker. A position has 14 bits; the label is above it, A = 3. */
  function writePosition(column: number, offset: number): void {
    const position = (base[column] ?? 0) + 1 + offset + (labelled ? (3 - column) << 14 : 0);
    out[at++] = position >> 8;
    out[at++] = position & 0xff;
  }

  /** The lexemes alone; their positions go beside. */
  function bigDocument(packed: Packed, tokens: number): EncodedDocument {
    const used = base.reduce((sum, own) => sum + (own === 0 ? 0 : 1), 0);
    const total = lexemeCount(used);
    let size = used > 0 ? 2 : 0;
    for (let i = 0; i < lexemes; i++) size += bytes[i] ?? 0;
    if (!labelled) {
      for (let c = 0; c < columns; c++) if (base[c] !== 0) size += markerOf[c]?.length ?? 0;
      eachTwin((i, column) => {
        size += (twinOf[column]?.length ?? 0) + (bytes[i] ?? 0);
      });
    }
    const positions: { lexeme: string; column: number; at: string }[] = [];
    eachTwin((i, column, from, to) => {
      const begin = start[i] ?? 0;
      const lexeme = packed.toString("utf8", begin, begin + (bytes[i] ?? 0));
      positions.push({ lexeme, column, at: `{${offsetOf.subarray(from, to).join(",")}}` });
    });
    if (size > 1_000_000) return { vector: null, tokens, big: true, positions };
    out = Buffer.allocUnsafe(4 + size + 3 * total);
    at = out.writeInt32BE(total, 0);
    writeLexeme(marker, 0, 2, 0);
    for (let i = 0; i < lexemes; i++) writeLexeme(packed, start[i] ?? 0, bytes[i] ?? 0, 0);
    if (!labelled) {
      for (let c = 0; c < columns; c++) {
        const own = markerOf[c];
        if (base[c] !== 0 && own !== undefined) writeLexeme(own, 0, own.length, 0);
      }
      eachTwin((i, column) => writeTwin(packed, i, column, 0));
    }
    return { vector: out, tokens, big: true, positions };
  }

  function growInstances(): void {
    columnOf = doubled(columnOf);
    offsetOf = doubled(offsetOf);
  }

  function growLexemes(): void {
    start = doubled(start);
    bytes = doubled(bytes);
    first = doubled(first);
  }

  function doubled(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
    const larger = new Int32Array(numbers.length * 2);
    larger.set(numbers);
    return larger;
  }
}
