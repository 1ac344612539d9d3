/**
 * Which of the forms a JSON file has, from its first bytes. Only an object is
 * ambiguous: `{"a": [{…}]}` may be the first of many rows or an object of tables.
 * It is tables when every value of it is an array of objects and nothing follows;
 * when it is too long to see its end, what there is of it decides.
 */

import { jsonKind } from "./record.ts";
import { needMore, scanner } from "./scanner.ts";

export type Sniffed = {
  readonly format: "lines" | "array" | "tables";
  /** False when more bytes could tell otherwise. */
  readonly sure: boolean;
  /** Bytes of a byte order mark to pass over. */
  readonly markBytes: number;
  /** Set when the bytes are no UTF-8 at all. */
  readonly fault: string | null;
};

/** `buffer[end]` must be 0. `last`: the file ends with these bytes. */
export function sniffFormat(buffer: Buffer, from: number, end: number, last: boolean): Sniffed {
  const head = buffer.subarray(from, Math.min(end, from + 4));
  const markBytes = head.length >= 3 && head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  const fault = otherEncoding(head);
  if (fault !== null) return { format: "lines", sure: true, markBytes, fault };
  const scan = scanner("first");
  scan.load(buffer, from + markBytes, end, last);
  const opens = scan.peek();
  if (opens === 0x5b) return { format: "array", sure: true, markBytes, fault: null };
  let sure = last || opens !== 0;
  const format = opens === 0x7b && isTables() ? "tables" : "lines";
  return { format, sure, markBytes, fault: null };

  function isTables(): boolean {
    let arrays = 0;
    try {
      scan.expect(0x7b, "{");
      for (let next = scan.peek(); next !== 0x7d; next = scan.peek()) {
        if (next === 0x2c) {
          scan.expect(0x2c, ",");
          continue;
        }
        scan.string();
        scan.peek();
        scan.expect(0x3a, ":");
        if (scan.peek() !== 0x5b) {
          if (scan.position() >= end) throw needMore;
          return false;
        }
        const array = scan.position();
        scan.expect(0x5b, "[");
        const element = scan.peek();
        if (element === 0 && scan.position() >= end) break;
        if (element !== 0x7b && element !== 0x5d) return false;
        if (element === 0x7b) arrays++;
        scan.moveTo(array);
        if (scan.value(1).kinds[0] !== jsonKind.nested) return false;
      }
      scan.expect(0x7d, "}");
      const isWhole = scan.peek() === 0 && scan.position() >= end;
      sure = last || !isWhole || arrays === 0;
      return arrays > 0 && isWhole;
    } catch (thrown) {
      sure = last || thrown !== needMore;
      // Cut off: an array that goes on beyond what was read is a table, and faults are reported when the rows are read.
      return thrown === needMore ? arrays > 0 && !last : arrays > 0;
    }
  }
}

function otherEncoding(head: Buffer): string | null {
  const [a, b, c, d] = head;
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff))
    return "the file is UTF-32; JSON is UTF-8";
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return "the file is UTF-16; JSON is UTF-8";
  if (a === 0 && b === 0 && c === 0 && d !== undefined) return "the file is UTF-32; JSON is UTF-8";
  if (a !== 0 && b === 0 && c === 0 && d === 0) return "the file is UTF-32; JSON is UTF-8";
  if ((a === 0 && b !== undefined && b !== 0) || (a !== 0 && b === 0)) return "the file is UTF-16; JSON is UTF-8";
  return null;
}
