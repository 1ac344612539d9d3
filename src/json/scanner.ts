/**
 * The scanner: RFC 8259 to the letter over bytes of UTF-8, one object at a time
 * from a buffer that may end anywhere. JSON.parse would round 64-bit integers and
 * decimals, keep the last of two equal keys and say nothing of missing ones.
 *
 * It is the hot loop of every JSON source, hence one long closure over `bytes`
 * and `at`. It assumes a byte of zero behind the last one, so that loops need no
 * bounds: zero is part of nothing, and whoever stumbles over it at `end` needs
 * more bytes. tests/json proves it against V8's parser and at every chunk boundary.
 */
import { isUtf8 } from "node:buffer";
import {
  controlCharacter,
  invalidAt,
  loneSurrogate,
  maxDepth,
  notAValue,
  refuseDuplicate,
  type ScanFault,
  simpleEscapes,
  tooDeep,
} from "./faults.ts";
import { int64 } from "./number.ts";
import { emptyRecord, type JsonKey, type JsonKind, type JsonRecord, type JsonValue, jsonKind } from "./record.ts";

/** Thrown when the bytes end before the value: the caller adds more and scans again from the start of the value. */
export const needMore: unique symbol = Symbol("more bytes are needed");

export type Duplicates = "refuse" | "first" | "last";

export type Scanner = {
  /** `buffer[end]` must be 0. `last`: nothing follows, so a number may end with the bytes. */
  load(buffer: Buffer, from: number, end: number, last: boolean): void;
  readonly position: () => number;
  moveTo(position: number): void;
  /** Steps over white space and gives the byte that follows; 0 at the end of the bytes. */
  peek(): number;
  /** Steps over one byte, which must be the given one. */
  expect(byte: number, name: string): void;
  /** Reads the object that begins here. `depth`: containers around it. */
  object(depth: number): JsonRecord;
  string(): string;
  /** Reads any value; its kind and value are those of field 0. */
  value(depth: number): JsonRecord;
  /** Forgets the names of fields. */
  forgetKeys(): void;
  fail(fault: string, position?: number): never;
};

const quoteByte = 0x22;
const backslash = 0x5c;

export function scanner(duplicates: Duplicates): Scanner {
  let bytes: Buffer = Buffer.alloc(1);
  let at = 0;
  let end = 0;
  let last = false;
  let serial = 0;
  let spanHigh = 0;
  let kind: JsonKind = jsonKind.null;
  let scanned: JsonValue = null;
  let keys = new Map<string, JsonKey>();
  let first: JsonKey | null = null;
  const record = emptyRecord();

  return {
    load(buffer, from, to, isLast) {
      bytes = buffer;
      at = from;
      end = to;
      last = isLast;
    },
    position: () => at,
    moveTo(position) {
      at = position;
    },
    peek() {
      space();
      return at < end ? byteAt(at) : 0;
    },
    expect(byte, name) {
      if (byteAt(at) !== byte) fail(`expected ${name}`, at);
      at++;
    },
    object(depth) {
      object(depth);
      return record;
    },
    string() {
      if (byteAt(at) !== quoteByte) fail("expected a string", at);
      return text();
    },
    value(depth) {
      value(depth);
      record.count = 1;
      record.kinds[0] = kind;
      record.values[0] = scanned;
      return record;
    },
    forgetKeys() {
      keys = new Map();
      first = null;
    },
    fail: (fault, position = at) => fail(fault, position),
  };

  function object(depth: number): void {
    const begin = at++;
    if (depth >= maxDepth) fail(tooDeep, begin);
    serial++;
    record.repeated = 0;
    let count = 0;
    let before: JsonKey | null = null;
    space();
    if (byteAt(at) === 0x7d) {
      at++;
      record.count = 0;
      return;
    }
    for (;;) {
      const keyAt = at;
      if (byteAt(at) !== quoteByte) fail("expected the name of a field in double quotes", at);
      const key = name(before === null ? first : before.next);
      if (before === null) first = key;
      else before.next = key;
      before = key;
      if (byteAt(at) !== 0x3a) space();
      if (byteAt(at) !== 0x3a) fail("expected : after the name of a field", at);
      at++;
      space();
      value(depth + 1);
      let place = count;
      if (key.seen === serial) {
        if (duplicates === "refuse") refuseDuplicate(key.name, keyAt);
        record.repeated++;
        place = duplicates === "last" ? key.index : -1;
      } else {
        key.seen = serial;
        key.index = count++;
      }
      if (place >= 0) {
        record.keys[place] = key;
        record.kinds[place] = kind;
        record.values[place] = scanned;
      }
      space();
      const c = byteAt(at);
      if (c === 0x2c) {
        at++;
        space();
      } else if (c === 0x7d) {
        at++;
        record.count = count;
        return;
      } else fail("expected , or } after a field", at);
    }
  }

  /** Rows have mostly the keys of the row before, in its order: compare bytes before making a string. */
  function name(expected: JsonKey | null): JsonKey {
    const known = expected?.bytes;
    if (expected !== null && known !== null && known !== undefined) {
      const from = at + 1;
      const length = known.length;
      let i = 0;
      while (i < length && bytes[from + i] === known[i]) i++;
      if (i === length && byteAt(from + i) === quoteByte) {
        at = from + i + 1;
        return expected;
      }
    }
    const found = text();
    let key = keys.get(found);
    if (key === undefined) {
      // A name that must be escaped never stands in the text as it is.
      const plain = Buffer.from(found, "utf8");
      const isPlain = plain.every((c) => c >= 0x20 && c !== quoteByte && c !== backslash);
      key = { name: found, slot: -1, bytes: isPlain ? plain : null, seen: 0, index: 0, next: null };
      keys.set(found, key);
    }
    return key;
  }

  function value(depth: number): void {
    const c = byteAt(at);
    if (c === quoteByte) {
      scanned = text();
      kind = jsonKind.string;
    } else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) number(true);
    else if (c === 0x7b || c === 0x5b) {
      const from = at;
      spanHigh = 0;
      skip(depth);
      scanned = slice(from, at, spanHigh);
      kind = jsonKind.nested;
    } else {
      kind = word(c);
      scanned = null;
    }
  }

  function word(c: number): JsonKind {
    if (c === 0x6e) return literal("null", jsonKind.null);
    if (c === 0x74) return literal("true", jsonKind.true);
    if (c === 0x66) return literal("false", jsonKind.false);
    return fail(notAValue(c), at);
  }

  function literal(letters: string, meaning: JsonKind): JsonKind {
    for (let i = 0; i < letters.length; i++)
      if (byteAt(at + i) !== letters.charCodeAt(i)) fail(`expected ${letters}`, at + i);
    at += letters.length;
    return meaning;
  }

  /** Steps over a value inside another, checking all of it. */
  function skip(depth: number): void {
    const c = byteAt(at);
    if (c === quoteByte) skipText();
    else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) number(false);
    else if (c === 0x7b || c === 0x5b) skipContainer(depth, c === 0x7b);
    else word(c);
  }

  function skipContainer(depth: number, isObject: boolean): void {
    if (depth >= maxDepth) fail(tooDeep, at);
    const close = isObject ? 0x7d : 0x5d;
    at++;
    space();
    if (byteAt(at) === close) {
      at++;
      return;
    }
    for (;;) {
      if (isObject) {
        if (byteAt(at) !== quoteByte) fail("expected the name of a field in double quotes", at);
        skipText();
        space();
        if (byteAt(at) !== 0x3a) fail("expected : after the name of a field", at);
        at++;
        space();
      }
      skip(depth + 1);
      space();
      const c = byteAt(at);
      if (c === 0x2c) {
        at++;
        space();
      } else if (c === close) {
        at++;
        return;
      } else fail(isObject ? "expected , or } after a field" : "expected , or ] after an element", at);
    }
  }

  function text(): string {
    const from = at + 1;
    let p = from;
    let high = 0;
    let c = byteAt(p);
    while (c !== quoteByte && c !== backslash && c >= 0x20) {
      high |= c;
      c = byteAt(++p);
    }
    if (c !== quoteByte) return escaped(from, p, high);
    at = p + 1;
    return slice(from, p, high);
  }

  /** The rest of a string from its first escape (or from the character that must not stand in it). */
  function escaped(begin: number, first: number, highBefore: number): string {
    let joined = "";
    let from = begin;
    let p = first;
    let high = highBefore;
    for (;;) {
      const c = byteAt(p);
      if (c === quoteByte) {
        at = p + 1;
        return joined + slice(from, p, high);
      }
      if (c === backslash) {
        joined += slice(from, p, high) + unescaped(p);
        p = from = afterEscape(p);
        high = 0;
      } else {
        // Not `c < 0x20`, which nothing at all would pass.
        if (!(c >= 0x20)) fail(controlCharacter(c), p);
        high |= c;
        p++;
      }
    }
  }

  function skipText(): void {
    let p = at + 1;
    let high = 0;
    for (;;) {
      let c = byteAt(p);
      while (c !== quoteByte && c !== backslash && c >= 0x20) {
        high |= c;
        c = byteAt(++p);
      }
      if (c === quoteByte) break;
      if (c !== backslash) fail(controlCharacter(c), p);
      unescaped(p);
      p = afterEscape(p);
    }
    spanHigh |= high;
    at = p + 1;
  }

  /** The character (or pair) that the escape at `p` stands for. */
  function unescaped(p: number): string {
    const c = byteAt(p + 1);
    if (c !== 0x75) {
      const plain = simpleEscapes[c];
      if (plain === undefined) fail("unknown escape in a string", p + 1);
      return plain as string;
    }
    const unit = hex(p + 2);
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    if (unit > 0xdbff) fail(loneSurrogate, p);
    if (byteAt(p + 6) !== backslash || byteAt(p + 7) !== 0x75) {
      if (p + 6 >= end || (byteAt(p + 6) === backslash && p + 7 >= end)) fail("", end);
      fail(loneSurrogate, p);
    }
    const low = hex(p + 8);
    if (low < 0xdc00 || low > 0xdfff) fail(loneSurrogate, p);
    return String.fromCharCode(unit, low);
  }

  /** An escape that {@link unescaped} accepted: six bytes, twelve of a pair, or two. */
  function afterEscape(p: number): number {
    if (byteAt(p + 1) !== 0x75) return p + 2;
    const d = byteAt(p + 2) | 0x20;
    const e = byteAt(p + 3) | 0x20;
    const isPair = d === 0x64 && (e === 0x38 || e === 0x39 || e === 0x61 || e === 0x62);
    return isPair ? p + 12 : p + 6;
  }

  function hex(p: number): number {
    let unit = 0;
    for (let i = 0; i < 4; i++) {
      const c = byteAt(p + i);
      const letter = c | 0x20;
      if (c >= 0x30 && c <= 0x39) unit = unit * 16 + c - 0x30;
      else if (letter >= 0x61 && letter <= 0x66) unit = unit * 16 + letter - 0x57;
      else fail("expected four hexadecimal digits after \\u", p + i);
    }
    return unit;
  }

  function number(keep: boolean): void {
    const from = at;
    let p = at;
    let c = byteAt(p);
    const negative = c === 0x2d;
    if (negative) c = byteAt(++p);
    const digitsFrom = p;
    let n = 0;
    if (c === 0x30) {
      c = byteAt(++p);
      if (c >= 0x30 && c <= 0x39) fail("a number has a leading zero", from);
    } else {
      if (c < 0x31 || c > 0x39) fail("expected a digit", p);
      while (c >= 0x30 && c <= 0x39) {
        n = n * 10 + (c - 0x30);
        c = byteAt(++p);
      }
    }
    const digits = p - digitsFrom;
    let plain = true;
    if (c === 0x2e) {
      plain = false;
      p = someDigits(p + 1);
      c = byteAt(p);
    }
    if ((c | 0x20) === 0x65) {
      plain = false;
      const sign = byteAt(p + 1);
      p = someDigits(sign === 0x2b || sign === 0x2d ? p + 2 : p + 1);
    }
    if (p >= end && !last) throw needMore;
    at = p;
    if (!keep) return;
    if (plain && digits <= 15 && !(negative && n === 0)) {
      kind = jsonKind.integer;
      scanned = negative ? -n : n;
      return;
    }
    const raw = bytes.toString("latin1", from, p);
    const wide = plain && n !== 0 ? int64(raw) : null;
    kind = wide === null ? jsonKind.decimal : jsonKind.integer;
    scanned = wide ?? raw;
  }

  function someDigits(from: number): number {
    let p = from;
    while (byteAt(p) >= 0x30 && byteAt(p) <= 0x39) p++;
    if (p === from) fail("expected a digit", p);
    return p;
  }

  function space(): void {
    let c = byteAt(at);
    while (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) c = byteAt(++at);
  }

  function slice(from: number, to: number, high: number): string {
    if (high < 0x80) return bytes.toString("latin1", from, to);
    if (!isUtf8(bytes.subarray(from, to))) fail("the text is not valid UTF-8", invalidAt(bytes, from, to));
    return bytes.toString("utf8", from, to);
  }

  function byteAt(position: number): number {
    return bytes[position] as number;
  }

  function fail(fault: string, position: number): never {
    if (position >= end) throw needMore;
    const thrown: ScanFault = { fault, at: position, duplicate: false };
    throw thrown;
  }
}
