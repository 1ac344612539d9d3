/**
 * Rows out of a stream of JSON, in flat memory: lines (NDJSON, or objects one
 * after another), one array of objects, or one object of such arrays. What is not
 * yet whole at the end of a chunk is scanned again with the next one; the wait
 * doubles each time, so that even a row of many chunks costs twice its bytes.
 */

import type { ScanFault } from "./faults.ts";
import type { JsonRecord } from "./record.ts";
import { type Duplicates, needMore, scanner } from "./scanner.ts";
import { sniffFormat } from "./sniff.ts";
import { type JsonPlace, JsonTextError } from "./text-error.ts";

export type RowFormat = "lines" | "array" | "tables";

export type RowsHandler = {
  /** A table begins: the key of its array, or null where the file has but one. */
  table(name: string | null): void;
  /** The record is filled again for the next row. */
  row(record: JsonRecord): void;
};

export type RowsReader = {
  push(chunk: Uint8Array): void;
  /** Throws when the text is not whole. */
  end(): void;
  /** Of the row that was handed on last, while the handler looks at it. */
  place(): JsonPlace;
  /** Null until enough was read to tell. */
  readonly format: () => RowFormat | null;
  readonly hadMark: () => boolean;
};

/** A row must fit one JavaScript string. */
const maxRowBytes = 0x1fff_ff00;
/** At most as much is read to tell lines from an object of arrays. */
const sniffBytes = 1 << 23;

type State = "begin" | "lines" | "first row" | "row" | "after row" | "first table" | "table" | "after table" | "end";

/** Throws {@link JsonTextError} from `push` and `end`; whatever the handler throws passes through. */
export function rowsReader(
  handler: RowsHandler,
  options: { readonly format: RowFormat | "auto"; readonly duplicates: Duplicates },
): RowsReader {
  const scan = scanner(options.duplicates);
  let buffer: Buffer = Buffer.alloc(1 << 16);
  let from = 0;
  let end = 0;
  let waitFor = 0;
  let base = 0;
  let linesBefore = 0;
  let state: State = "begin";
  let format: RowFormat | null = null;
  let mark = false;

  return {
    push(chunk) {
      append(chunk);
      if (end - from >= waitFor) run(false);
    },
    end() {
      run(true);
      if (state === "begin" || state === "lines" || state === "end") return;
      throw new JsonTextError("the file ends in the middle", placeOf(end), "truncated");
    },
    place: () => placeOf(from),
    format: () => format,
    hadMark: () => mark,
  };

  function append(chunk: Uint8Array): void {
    if (end + chunk.length + 1 > buffer.length) makeRoom(chunk.length);
    buffer.set(chunk, end);
    end += chunk.length;
    buffer[end] = 0;
  }

  /** Moves what is left to the front; a buffer that grew for the beginning of the file, or for a large row, is let go. */
  function makeRoom(length: number): void {
    const kept = end - from;
    for (let i = buffer.indexOf(10); i >= 0 && i < from; i = buffer.indexOf(10, i + 1)) linesBefore++;
    const needed = 2 * (kept + length + 1);
    const fits = kept + length + 1 <= buffer.length && (state === "begin" || buffer.length <= 2 * needed);
    const into = fits ? buffer : Buffer.allocUnsafeSlow(needed);
    buffer.copy(into, 0, from, end);
    buffer = into;
    base += from;
    from = 0;
    end = kept;
  }

  /** `from` moves on with each step that is done whole; a step that lacks bytes is taken again. */
  function run(last: boolean): void {
    scan.load(buffer, from, end, last);
    try {
      while (step(last)) from = scan.position();
      waitFor = state === "begin" ? 2 * (end - from) : 0;
    } catch (thrown) {
      if (thrown !== needMore) throw located(thrown);
      if (last) throw new JsonTextError("the file ends in the middle", placeOf(end), "truncated");
      if (end - from > maxRowBytes) throw new JsonTextError("a row has more than 512 MB", placeOf(from));
      waitFor = 2 * (end - from);
    }
  }

  /** False when nothing is left but perhaps white space. */
  function step(last: boolean): boolean {
    if (state === "begin") return begin(last);
    const next = scan.peek();
    if (next === 0 && scan.position() >= end) {
      // White space is done with, whatever follows.
      from = end;
      return false;
    }
    // The place of the row is where it begins.
    from = scan.position();
    switch (state) {
      case "lines":
        row(next, 0);
        return true;
      case "first row":
      case "row":
        if (next === 0x5d && state === "first row") {
          scan.expect(0x5d, "]");
          state = format === "tables" ? "after table" : "end";
          return true;
        }
        row(next, format === "tables" ? 2 : 1);
        state = "after row";
        return true;
      case "after row":
        state = format === "tables" ? closes(next, 0x5d, "row", "after table") : closes(next, 0x5d, "row", "end");
        return true;
      case "first table":
      case "table":
        if (next === 0x7d && state === "first table") {
          scan.expect(0x7d, "}");
          state = "end";
          return true;
        }
        table(next);
        state = "first row";
        return true;
      case "after table":
        state = closes(next, 0x7d, "table", "end");
        return true;
      case "end":
        return scan.fail(`something follows the ${format === "tables" ? "object of arrays" : "array"}`);
    }
  }

  function begin(last: boolean): boolean {
    if (!last && end - from < 4) return false;
    const found = sniffFormat(buffer, from, end, last);
    if (found.fault !== null) throw new JsonTextError(found.fault, placeOf(from));
    if (!last && !found.sure && options.format === "auto" && end - from < sniffBytes) return false;
    mark = found.markBytes > 0;
    scan.moveTo(from + found.markBytes);
    const opens = scan.peek();
    if (opens === 0) {
      if (scan.position() < end) scan.fail("expected an object or an array");
      return false;
    }
    format = options.format === "auto" ? found.format : options.format;
    if (format === "lines") {
      handler.table(null);
      state = "lines";
    } else if (format === "array") {
      scan.expect(0x5b, "[ (an array of objects)");
      handler.table(null);
      state = "first row";
    } else {
      scan.expect(0x7b, "{ (an object of arrays)");
      state = "first table";
    }
    return true;
  }

  function row(next: number, depth: number): void {
    if (next === 0x5d) scan.fail("a comma stands before the closing bracket");
    if (next !== 0x7b) scan.fail(`a row must be an object, and this is ${valueName(next)}`);
    handler.row(scan.object(depth));
  }

  function table(next: number): void {
    if (next !== 0x22) scan.fail("expected the name of a table in double quotes");
    const name = scan.string();
    scan.peek();
    scan.expect(0x3a, ": after the name of a table");
    const opens = scan.peek();
    if (opens !== 0x5b) scan.fail(`${JSON.stringify(name)} should be an array of rows, and is ${valueName(opens)}`);
    scan.expect(0x5b, "[");
    scan.forgetKeys();
    handler.table(name);
  }

  function closes(next: number, close: number, more: State, closed: State): State {
    if (next === 0x2c) {
      scan.expect(0x2c, ",");
      // A comma promises something.
      return more;
    }
    scan.expect(close, close === 0x5d ? ", or ] after a row" : ", or } after an array of rows");
    return closed;
  }

  function located(thrown: unknown): unknown {
    const { fault, at, duplicate } = thrown as Partial<ScanFault>;
    if (fault === undefined || at === undefined) return thrown;
    return new JsonTextError(fault, placeOf(at), duplicate ? "duplicate" : "invalid");
  }

  function placeOf(position: number): JsonPlace {
    let line = linesBefore + 1;
    for (let i = buffer.indexOf(10); i >= 0 && i < position; i = buffer.indexOf(10, i + 1)) line++;
    return { offset: base + position, line };
  }
}

function valueName(next: number): string {
  if (next === 0x5b) return "an array";
  if (next === 0x22) return "a string";
  if (next === 0x7b) return "an object";
  if (next === 0x2d || (next >= 0x30 && next <= 0x39)) return "a number";
  if (next === 0x74 || next === 0x66) return "true or false";
  return next === 0x6e ? "null" : "no value of JSON";
}
